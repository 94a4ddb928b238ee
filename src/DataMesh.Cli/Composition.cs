using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;

namespace DataMesh.Cli;

/// <summary>The one place that knows which assemblies hold components.</summary>
internal static class Composition
{
    private static readonly Lazy<ComponentCatalog> LazyCatalog = new(() => ComponentCatalog.Scan(
        typeof(DataPlane.DataPath).Assembly,
        System.Reflection.Assembly.Load("DataMesh.Connectors")));

    /// <summary>Every component of this program.</summary>
    public static ComponentCatalog Catalog => LazyCatalog.Value;

    /// <summary>The surroundings of a pipeline's components.</summary>
    public static ComponentContext ContextOf(PipelineDefinition definition) =>
        new() { BaseFolder = Path.GetDirectoryName(definition.File)!, Pipeline = definition.Name };
}
