using DataMesh.Core.Columns;
using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Drift;

namespace DataMesh.Runtime.Tests.Drift;

/// <summary>What a split is measured against while several are read at once.</summary>
public sealed class SourceMemoryTests
{
    private static readonly DriftPolicy Quarantine = new() { Structural = DriftAction.Quarantine };

    [Fact]
    public void A_split_that_is_read_on_has_the_shape_that_it_brought_and_not_that_of_those_opened_since()
    {
        static bool IsOpen(string split) => split == "2";
        var memory = SourceMemory.Nothing;
        foreach (var (split, columns) in new[] { ("1", "a"), ("2", "a,b"), ("3", "a"), ("4", "a,c"), ("5", "a") })
            memory = memory.Next(split, Look(columns), Quarantine, IsOpen).After;

        Assert.NotNull(DriftDetector.Diverts(memory.ShapeAt("5", Look("a"), null, []), Quarantine, _ => true));
        var (before, changes, after) = memory.Next("2", Look("a,b"), Quarantine, IsOpen);
        var shape = after.ShapeAt("2", Look("a,b"), before, changes);
        Assert.Null(DriftDetector.Diverts(shape, Quarantine, _ => true));
        Assert.Equal(["b"], changes.Select(change => change.Column));
        Assert.NotNull(shape.FindPresent("c"));
    }

    private static SplitShape Look(string columns) =>
        new(SourceShape.Of(new Schema([.. columns.Split(',').Select(name => new Field(name, DataType.Int64))]), true), 0);
}
