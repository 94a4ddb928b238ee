using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Tests.Stages.Conformance;

/// <summary>Stands for the file source in examples: the reference data that their titles describe.</summary>
[Component("file", ComponentKind.Source, "The file that examples read.")]
internal sealed class ExampleFile() : RowsSource("""{"code":"WA","name":"Washington"} {"code":"OR","name":"Oregon"}""")
{
    [Option("Its name.", Shorthand = true)]
    public string Path { get; set; } = "";
}
