using DataMesh.Core.Components;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages.Conformance;

/// <summary>Every example in the reference does what it says.</summary>
public class StageExampleTests
{
    public static TheoryData<StageCase> Cases => StageCase.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Example_gives_its_output(StageCase example)
    {
        using var result = StageRunner.Run(example.CreateStage(), [example.CreateInput()]);
        StageTest.Rows(example.Example.Output, result.Rows());
        Assert.Equal(example.Example.Quarantined, result.Quarantined.Select(row => row.Reason));
    }

    [Fact]
    public void Every_stage_has_an_example()
    {
        var without = StageCase.Catalog.Of(ComponentKind.Stage).Where(stage => stage.Examples.Count == 0).Select(stage => stage.Name);
        Assert.Empty(without);
    }
}
