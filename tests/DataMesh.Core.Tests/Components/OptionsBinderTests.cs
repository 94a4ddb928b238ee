using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Tests.Components;

public class OptionsBinderTests
{
    [Fact]
    public void Expression_knows_its_place()
    {
        var stage = (SampleFilter)Bind("filter: cost > 1");
        Assert.Equal(new ExpressionText("cost > 1", new Location("options", 1, 9)), stage.Where);
    }

    [Theory]
    [InlineData("filter: 'cost > 1'", 1, 10)]
    [InlineData("filter:\n  where: \"cost > 1\"", 2, 11)]
    [InlineData("filter: |\n\n   cost > 1\n", 3, 4)]
    public void Expression_place_is_where_its_text_begins(string yaml, int line, int column)
    {
        var stage = (SampleFilter)Bind(yaml);
        Assert.Equal("cost > 1", stage.Where!.Text.Trim());
        Assert.Equal((line, column), (stage.Where.Location!.Value.Line, stage.Where.Location.Value.Column));
    }

    [Fact]
    public void Mapping_of_users_keys_is_the_shorthand()
    {
        var stage = (SampleRename)Bind("rename: { 'Cost Total $': cost, b: c }");
        Assert.Equal(["Cost Total $=cost", "b=c"], stage.Columns.Select(each => $"{each.Key}={each.Value}"));
        Assert.Equal(11, stage.Columns[0].Location!.Value.Column);
    }

    [Fact]
    public void Mapping_of_options_only_is_the_options()
    {
        var stage = (SampleRename)Bind("rename: { style: overwrite_all }");
        Assert.Equal(SampleMode.OverwriteAll, stage.Style);
        Assert.Empty(stage.Columns);
    }

    [Fact]
    public void Full_form_takes_type_beside_options() => Assert.Equal("a > b", ((SampleFilter)Bind("type: filter\nwhere: a > b")).Where!.Text);

    [Fact]
    public void Nested_options_take_their_shorthand_or_a_mapping()
    {
        var stage = (SampleCast)Bind("cast: { day: date, price: { type: 'decimal(10,2)', format: de } }");
        Assert.Equal([DataType.Date, DataType.Decimal(10, 2)], stage.Columns.Select(each => each.Value.Type));
        Assert.Equal("de", stage.Columns[1].Value.Format);
        Assert.Equal(14, stage.Columns[0].Value.Location!.Value.Column);
        Assert.NotNull(stage.Location);
    }

    [Fact]
    public void Every_scalar_kind_binds()
    {
        var stage = (SampleSettings)Bind("""
            settings:
              flag: true
              count: -3
              large: 9_000_000_000
              ratio: 1.5e-3
              mode: null
              memory: 64MB
              wait: 1.5h
              sizes: [1, 2]
              lists: { a: [x, y], b: z }
            """);
        Assert.True(stage.Flag);
        Assert.Equal((-3, 9_000_000_000, 1.5e-3), (stage.Count, stage.Large!.Value, stage.Ratio));
        Assert.Equal(SampleMode.Null, stage.Mode);
        Assert.Equal(64L << 20, stage.Memory.Bytes);
        Assert.Equal(TimeSpan.FromMinutes(90), stage.Wait);
        Assert.Equal([1, 2], stage.Sizes);
        Assert.Equal(["z"], stage.Lists[1].Value);
    }

    [Theory]
    [InlineData("512", 512)]
    [InlineData("64KB", 64 << 10)]
    [InlineData("64 KiB", 64 << 10)]
    [InlineData("1.5MB", 3 << 19)]
    [InlineData("1GiB", 1 << 30)]
    [InlineData("7b", 7)]
    public void Byte_counts(string text, long bytes) => Assert.Equal(bytes, ((SampleSettings)Bind($"settings: {{ memory: {text} }}")).Memory.Bytes);

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("5s", 5_000)]
    [InlineData("10m", 600_000)]
    [InlineData("1d", 86_400_000)]
    public void Durations(string text, int milliseconds) =>
        Assert.Equal(milliseconds, ((SampleSettings)Bind($"settings: {{ wait: {text} }}")).Wait.TotalMilliseconds);

    [Fact]
    public void One_value_may_stand_for_a_list() => Assert.Equal(["id"], ((SampleDistinct)Bind("distinct: id")).Keys);

    [Fact]
    public void Nothing_leaves_the_defaults() => Assert.Equal(7, ((SampleSettings)Bind("settings:")).Count);

    [Fact]
    public void Nested_source_binds_by_type_or_path()
    {
        var typed = (SampleFile)((SampleLookup)Bind("lookup: { from: { type: file, path: a.csv, delimiter: tab }, on: id }")).From!;
        Assert.Equal('\t', typed.Delimiter);
        Assert.Equal(["b.csv"], ((SampleFile)((SampleLookup)Bind("lookup: { from: b.csv, on: id }")).From!).Path);
    }

    [Theory]
    [InlineData("filtr: a", "There is no stage 'filtr'.", "did you mean 'filter'?", 0)]
    [InlineData("file: a", "There is no stage 'file'.", null, 0)]
    [InlineData("filter: { wher: a }", "The stage 'filter' has no option 'wher'.", "did you mean 'where'?", 11)]
    [InlineData("filter:", "The stage 'filter' needs the option 'where'.", null, 8)]
    [InlineData("filter: [a, b]", "The stage 'filter' can not be a list.", null, 9)]
    [InlineData("settings: { flag: yes }", "The stage 'settings', option 'flag' can not be 'yes'.", "write true", 19)]
    [InlineData("settings: { count: 12.5 }", "The stage 'settings', option 'count' can not be '12.5'.", null, 20)]
    [InlineData("settings: { count: 99999999999 }", "The stage 'settings', option 'count' can not be '99999999999'.", null, 20)]
    [InlineData("settings: { mode: apend }", "The stage 'settings', option 'mode' can not be 'apend'.", "did you mean 'append'?", 19)]
    [InlineData("settings: { memory: lots }", "The stage 'settings', option 'memory' can not be 'lots'.", null, 21)]
    [InlineData("settings: { wait: 5 }", "The stage 'settings', option 'wait' can not be '5'.", null, 19)]
    [InlineData("settings: x", "The stage 'settings' needs a mapping of options, not 'x'.", "options: flag, count, large, ratio, mode, memory, wait, sizes, lists", 11)]
    [InlineData("cast: { day: dat }", "The stage 'cast', key 'day' can not be 'dat'.", "did you mean 'date'?", 14)]
    [InlineData("cast: { day: { typ: date } }", "The stage 'cast', key 'day' has no option 'typ'.", "did you mean 'type'?", 16)]
    [InlineData("rename: a", "The stage 'rename' can not be 'a'.", null, 9)]
    [InlineData("lookup: { from: { path: a }, on: id }", "The stage 'lookup', option 'from' needs a source with its 'type'.", "for example { type: file, path: data.csv }", 17)]
    [InlineData("lookup: { from: { type: fil, path: a }, on: id }", "There is no source 'fil'.", "did you mean 'file'?", 25)]
    public void Mistakes_name_place_and_nearest_word(string yaml, string message, string? hint, int column)
    {
        var error = Assert.Throws<DataMeshException>(() => Bind(yaml));
        Assert.Equal(message, error.Message);
        Assert.Equal(hint, error.Hint);
        if (column > 0) Assert.Equal(column, error.Location!.Value.Column);
    }

    [Fact]
    public void All_mistakes_are_found_at_once()
    {
        var problems = new PipelineProblems();
        new OptionsBinder(SampleComponents.Catalog, problems).Bind(
            SampleComponents.Catalog.Require(ComponentKind.Stage, "settings"),
            SpecParser.Parse("{ flag: maybe, count: many, colour: red }", "options"));
        Assert.Equal(3, problems.All.Count);
    }

    private static Stage Bind(string yaml) => OptionsBinder.BindStage(SampleComponents.Catalog, yaml);
}
