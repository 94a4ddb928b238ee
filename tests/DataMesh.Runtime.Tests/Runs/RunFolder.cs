using DataMesh.Connectors;
using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane;
using DataMesh.Formats.Delta;
using DataMesh.Hosting.Embedded;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>A folder with a pipeline file and its data, in which whole pipelines run on the embedded host.</summary>
internal sealed class RunFolder : IDisposable
{
    private static readonly ComponentCatalog Catalog = ComponentCatalog.Scan(typeof(DataPath).Assembly, typeof(FileSource).Assembly);

    public RunFolder(string? within = null)
    {
        Root = Path.Combine(within ?? Path.GetTempPath(), "datamesh-run-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    public void Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public PipelineDefinition Define(string yaml)
    {
        Write("pipeline.yaml", yaml);
        return PipelineReader.Read(Path.Combine(Root, "pipeline.yaml"), Catalog);
    }

    public Task<RunResult> RunAsync(string yaml, RunOptions? options = null, CancellationToken stop = default, TimeProvider? clock = null) =>
        RunAsync(Define(yaml), options, stop, clock);

    public static Task<RunResult> RunAsync(PipelineDefinition definition, RunOptions? options = null, CancellationToken stop = default, TimeProvider? clock = null) =>
        EmbeddedHost.RunAsync(definition, options ?? new RunOptions(), null, stop, clock);

    public DeltaSnapshot Table(string name) => DeltaTable.Open(Path.Combine(Root, "lake", name));

    /// <summary>The table's rows as JSON objects, in order.</summary>
    public IReadOnlyList<string> Rows(string name)
    {
        var rows = new List<string>();
        foreach (var batch in DeltaRows.Read(Table(name)))
        {
            using (batch) rows.AddRange(Core.Columns.JsonRows.Write(batch));
        }

        return rows;
    }

    public void ForgetState() => Directory.Delete(Path.Combine(Root, ".datamesh"), recursive: true);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
