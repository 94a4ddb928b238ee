using DataMesh.Cli.Output;
using DataMesh.Client.Contract;

namespace DataMesh.Cli.Silos;

/// <summary>Pipelines as a table: a line each.</summary>
internal static class PipelineTable
{
    /// <summary>Its columns.</summary>
    public static IReadOnlyList<string> Headers { get; } = ["pipeline", "phase", "version", "trigger", "tasks", "epochs", "rows in", "rows/s", "set aside", "to read", "silo"];

    /// <summary>The table.</summary>
    public static TextTable Of(IEnumerable<PipelineStatus> pipelines)
    {
        var table = new TextTable([.. Headers]).Right(2, 4, 5, 6, 7, 8, 9);
        foreach (var pipeline in pipelines) table.Add([.. Cells(pipeline)]);
        return table;
    }

    /// <summary>The cells of a line.</summary>
    public static IReadOnlyList<string> Cells(PipelineStatus pipeline) =>
    [
        pipeline.Name,
        StatusText.Phase(pipeline),
        TextTable.Number(pipeline.Version),
        pipeline.Trigger,
        TextTable.Number(pipeline.Parallelism),
        TextTable.Number(pipeline.EpochsCommitted),
        TextTable.Number(pipeline.Counts.RowsRead),
        pipeline.Epoch >= 0 ? Units.Count(pipeline.Counts.RowsPerSecond) : "",
        pipeline.Counts.Quarantined > 0 ? TextTable.Number(pipeline.Counts.Quarantined) : "",
        pipeline.BacklogBytes > 0 ? Units.Bytes(pipeline.BacklogBytes) : "",
        string.Join(' ', pipeline.Tasks.Select(task => task.Silo).Distinct()),
    ];
}
