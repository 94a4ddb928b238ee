using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;

namespace DataMesh.Core.Tests.Drift;

public class DriftDetectorTests
{
    private static readonly DriftPolicy Evolve = new();

    [Theory]
    [InlineData("a int64, b string", "a int64, b string", "")]
    [InlineData("a int64", "a int64, b string", "ColumnAdded b:  > string")]
    [InlineData("a int64, b string", "a int64", "ColumnRemoved b: string > ")]
    [InlineData("a int64, b string, c bool", "c bool, a int64, b string", "ColumnsReordered : a, b, c > c, a, b")]
    [InlineData("a int64, b string", "b string, new bool, a int64", "ColumnAdded new:  > bool; ColumnsReordered : a, b > b, a")]
    [InlineData("day date, wind float64", "day date, wind_speed float64", "ColumnRenamed wind: wind > wind_speed")]
    [InlineData("day date, wind float64", "wind_speed float64, day date", "ColumnRenamed wind: wind > wind_speed")]
    [InlineData("day date, wind float64", "day date, gusts float64", "ColumnRenamed wind: wind > gusts")]
    [InlineData("day date, wind float64", "day date, gusts string", "ColumnRemoved wind: float64 > ; ColumnAdded gusts:  > string")]
    [InlineData("customer_id int64, x string, y string", "x string, customerId int64, y string", "ColumnRenamed customer_id: customer_id > customerId")]
    [InlineData("a int64", "a string", "TypeChanged a: int64 > string")]
    [InlineData("a int64", "a float64", "TypeChanged a: int64 > float64")]
    [InlineData("a float64", "a int64", "")]
    [InlineData("a timestamp", "a date", "")]
    [InlineData("a string", "a int64", "")]
    [InlineData("a int64", "a null", "")]
    [InlineData("a null", "a string", "")]
    [InlineData("a string", "a json", "ShapeChanged a: string > json")]
    [InlineData("a json", "a string", "ShapeChanged a: json > string")]
    [InlineData("id int64, place string", "id int64, place.name string, place.lat float64", "ShapeChanged place: string > object with name, lat")]
    [InlineData("id int64, place.name string, place.lat float64", "id int64, place string", "ShapeChanged place: object with name, lat > string")]
    public void Changes_are_found(string before, string after, string changes) =>
        Assert.Equal(changes, string.Join("; ", DriftDetector.Compare(Shape(before), Shape(after), Evolve).Select(each => $"{each.Kind} {each.Column}: {each.Before} > {each.After}")));

    [Fact]
    public void The_order_of_json_members_means_nothing() =>
        Assert.Empty(DriftDetector.Compare(Shape("a int64, b string") with { IsOrdered = false }, Shape("b string, a int64") with { IsOrdered = false }, Evolve));

    [Fact]
    public void A_change_is_told_once_and_its_return_is_a_change()
    {
        var told = new List<string>();
        var shape = Shape("a int64, b string");
        foreach (var next in new[] { "a int64, b string, c bool", "a int64, b string, c bool", "a string, b string", "a string, b string", "a int64, b string", "a int64, b string, c bool" })
        {
            var changes = DriftDetector.Compare(shape, Shape(next), Evolve);
            told.AddRange(changes.Select(each => $"{each.Kind} {each.Column}"));
            shape = DriftDetector.Follow(shape, Shape(next), changes);
        }

        Assert.Equal(["ColumnAdded c", "ColumnRemoved c", "TypeChanged a", "TypeChanged a", "ColumnAdded c"], told);
    }

    [Fact]
    public void A_type_that_only_grew_does_not_change_back()
    {
        var shape = Shape("a int64");
        var grown = DriftDetector.Compare(shape, Shape("a float64"), Evolve);
        shape = DriftDetector.Follow(shape, Shape("a float64"), grown);
        Assert.Single(grown);
        Assert.Empty(DriftDetector.Compare(shape, Shape("a int64"), Evolve));
    }

    [Fact]
    public void Splits_without_a_column_are_diverted_until_it_is_back()
    {
        var policy = new DriftPolicy { Overrides = new DriftOverrides { ColumnRemoved = DriftAction.Quarantine } };
        var shape = Next(Shape("a int64, b string"), "a int64", policy);
        Assert.Equal("column_removed: b", DriftDetector.Diverts(shape, policy, _ => true)!.Value.Rule);
        shape = Next(shape, "a int64", policy);
        Assert.NotNull(DriftDetector.Diverts(shape, policy, _ => true));
        Assert.Null(DriftDetector.Diverts(Next(shape, "a int64, b string", policy), policy, _ => true));
        Assert.Null(DriftDetector.Diverts(shape, Evolve, _ => true));
    }

    [Fact]
    public void Splits_in_another_order_are_diverted_until_it_is_as_it_was()
    {
        var policy = new DriftPolicy { Overrides = new DriftOverrides { ColumnsReordered = DriftAction.Quarantine } };
        var shape = Next(Shape("a int64, b string"), "b string, a int64", policy);
        Assert.Equal("columns_reordered", DriftDetector.Diverts(shape, policy, _ => true)!.Value.Rule);
        Assert.Null(DriftDetector.Diverts(Next(shape, "a int64, b string", policy), policy, _ => true));
    }

    [Fact]
    public void The_nearest_rule_decides()
    {
        var policy = new DriftPolicy
        {
            Structural = DriftAction.Ignore,
            Overrides = new DriftOverrides { TypeChanged = DriftAction.Quarantine, ColumnRemoved = DriftAction.Fail },
            Columns = new OrderedMap<ColumnDrift> { { "price", new ColumnDrift { TypeChanged = DriftAction.NewColumn } }, { "note", new ColumnDrift { Structural = DriftAction.Evolve } } },
        };
        Assert.Equal(DriftAction.NewColumn, policy.ActionOn(DriftKind.TypeChanged, "PRICE"));
        Assert.Equal(DriftAction.Quarantine, policy.ActionOn(DriftKind.TypeChanged, "other"));
        Assert.Equal(DriftAction.Evolve, policy.ActionOn(DriftKind.ColumnRemoved, "note"));
        Assert.Equal(DriftAction.Ignore, policy.ActionOn(DriftKind.ColumnAdded, "price"));
        Assert.Equal(DriftAction.Ignore, policy.ActionOn(DriftKind.ColumnsReordered, null));
    }

    [Fact]
    public void Where_no_rule_speaks_of_renaming_the_strictest_of_gone_and_new_holds()
    {
        var policy = new DriftPolicy { Overrides = new DriftOverrides { ColumnRemoved = DriftAction.Fail } };
        Assert.Equal(DriftAction.Fail, policy.ActionOn(DriftKind.ColumnRenamed, "a", "b"));
        var lenient = new DriftPolicy { Overrides = new DriftOverrides { ColumnRemoved = DriftAction.Fail, ColumnRenamed = DriftAction.Evolve } };
        Assert.Equal(DriftAction.Evolve, lenient.ActionOn(DriftKind.ColumnRenamed, "a", "b"));
    }

    private static SourceShape Next(SourceShape before, string after, DriftPolicy policy) =>
        DriftDetector.Follow(before, Shape(after), DriftDetector.Compare(before, Shape(after), policy));

    private static SourceShape Shape(string columns) => SourceShape.Of(new Schema(columns.Split(", ").Select(each =>
    {
        var parts = each.Split(' ');
        return new Field(parts[0], parts[1] == "null" ? DataType.Null : DataType.TryParse(parts[1], out var type) ? type : throw new ArgumentException(each));
    })), true);
}
