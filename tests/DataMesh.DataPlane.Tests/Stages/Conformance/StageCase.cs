using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages;

namespace DataMesh.DataPlane.Tests.Stages.Conformance;

/// <summary>One example of one registered stage: what the conformance suite runs on.</summary>
public sealed record StageCase(string StageName, int Number)
{
    /// <summary>Everything that the data plane registers, and the file that examples read.</summary>
    public static ComponentCatalog Catalog { get; } = ComponentCatalog.Scan(typeof(FilterStage).Assembly, typeof(ExampleFile).Assembly);

    internal ExampleAttribute Example => Catalog.Require(ComponentKind.Stage, StageName).Examples[Number];

    /// <summary>All examples of all registered stages.</summary>
    public static TheoryData<StageCase> All
    {
        get
        {
            var cases = new TheoryData<StageCase>();
            foreach (var stage in Catalog.Of(ComponentKind.Stage))
            {
                for (var i = 0; i < stage.Examples.Count; i++) cases.Add(new StageCase(stage.Name, i));
            }

            return cases;
        }
    }

    /// <summary>A new stage with the example's options.</summary>
    public Stage CreateStage() => OptionsBinder.BindStage(Catalog, Example.Options);

    /// <summary>The example's input.</summary>
    public RecordBatch CreateInput() => JsonRows.Parse(Example.Input);

    /// <inheritdoc/>
    public override string ToString() => $"{StageName}: {Example.Title}";
}
