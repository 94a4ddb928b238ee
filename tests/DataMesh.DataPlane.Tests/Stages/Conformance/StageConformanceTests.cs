using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages.Conformance;

/// <summary>
/// What the runtime relies on, for every registered stage, run on the input of each of its examples. <see cref="StageRunner"/> checks in every run
/// that the ledger closes and that batches have the schema that was announced.
/// </summary>
public class StageConformanceTests
{
    public static TheoryData<StageCase> Cases => StageCase.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Takes_an_empty_batch(StageCase each)
    {
        using var input = each.CreateInput();
        using var result = StageRunner.Run(each.CreateStage(), [input.Take([])]);
        Assert.Equal(0, result.Ledger.In);
        Assert.Empty(result.Quarantined);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Takes_columns_of_nulls(StageCase each)
    {
        using var input = each.CreateInput();
        using var result = StageRunner.Run(each.CreateStage(), [BatchForms.AllNull(input.Schema, 70)]);
        Assert.Equal(70, result.Ledger.In);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Dictionary_encoding_changes_nothing(StageCase each)
    {
        using var flat = StageRunner.Run(each.CreateStage(), [each.CreateInput()]);
        using var encoded = StageRunner.Run(each.CreateStage(), [BatchForms.Encode(each.CreateInput())]);
        Assert.Equal(AllRows(flat), AllRows(encoded));
        Assert.Equal(flat.Quarantined, encoded.Quarantined);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Batch_borders_and_workers_change_nothing(StageCase each)
    {
        using var whole = StageRunner.Run(each.CreateStage(), [each.CreateInput()]);
        foreach (var workers in (int[])[1, 3])
        {
            using var split = StageRunner.Run(each.CreateStage(), BatchForms.SplitRows(each.CreateInput()), workers: workers);
            Assert.Equal(AllRows(whole).Order(StringComparer.Ordinal), AllRows(split).Order(StringComparer.Ordinal));
            Assert.Equal(whole.Quarantined.Select(row => row.ToString()).Order(StringComparer.Ordinal), split.Quarantined.Select(row => row.ToString()).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Leaves_shared_input_as_it_was_and_gives_up_its_own_share(StageCase each)
    {
        using var input = each.CreateInput();
        var before = JsonRows.Write(input);
        StageRunner.Run(each.CreateStage(), [input.Share()]).Dispose();
        Assert.Equal(before, JsonRows.Write(input));
        Assert.All(input.Columns, column => Assert.Equal(1, OwnersOf(column)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_emitted_column_has_an_owner_of_its_own(StageCase each)
    {
        using var result = StageRunner.Run(each.CreateStage(), [each.CreateInput()]);
        foreach (var group in result.Outputs.SelectMany(batches => batches).SelectMany(batch => batch.Columns).GroupBy(column => column))
            Assert.Equal(group.Count(), OwnersOf(group.Key));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_wrong_column_name_is_an_error_with_a_hint(StageCase each)
    {
        using var input = each.CreateInput();
        var misspelt = new Schema(input.Schema.Select(field => field with { Name = field.Name + field.Name[^1] }));
        var stage = each.CreateStage();
        await stage.PrepareAsync(StageRunner.DefaultContext, CancellationToken.None);
        try
        {
            stage.Bind(misspelt, StageRunner.DefaultContext);
        }
        catch (DataMeshException error)
        {
            Assert.False(string.IsNullOrEmpty(error.Hint), error.Render());
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_are_the_same_when_only_the_columns_needed_are_read(StageCase each)
    {
        var stage = each.CreateStage();
        using var whole = StageRunner.Run(stage, [each.CreateInput()]);
        foreach (var name in whole.Schemas[0].Names)
        {
            using var input = each.CreateInput();
            var required = stage.Bind(input.Schema, StageRunner.DefaultContext).RequiredInputs(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { name });
            using var narrow = StageRunner.Run(each.CreateStage(), [BatchForms.Narrow(input, required)], StageTest.Pruned);
            Assert.Equal(whole.Outputs[0].SelectMany(batch => Texts(batch, name)), narrow.Outputs[0].SelectMany(batch => Texts(batch, name)));
            Assert.Equal(whole.Ledger, narrow.Ledger);
        }
    }

    private static List<string> AllRows(StageRunResult result) =>
        [.. Enumerable.Range(0, result.Outputs.Count).SelectMany(output => result.Rows(output).Select(row => $"{output}: {row}"))];

    private static IEnumerable<string?> Texts(RecordBatch batch, string name)
    {
        for (var row = 0; row < batch.Length; row++) yield return ValueText.Format(batch[name], row);
    }

    private static int OwnersOf(Column column) => Owners(column);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_owners")]
    private static extern ref int Owners(Column column);
}
