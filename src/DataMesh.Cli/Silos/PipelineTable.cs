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

    /// <summary>The columns that a narrow terminal does without, the least important first: version, trigger, tasks, epochs, silo, set aside.</summary>
    private static readonly int[] Dispensable = [2, 3, 4, 5, 10, 8];

    /// <summary>The table with as many columns as a width has room for.</summary>
    public static TextTable Of(IReadOnlyList<PipelineStatus> pipelines, int width)
    {
        for (var without = 0; ; without++)
        {
            List<int> columns = [.. Enumerable.Range(0, Headers.Count).Except(Dispensable.Take(without))];
            var table = new TextTable([.. columns.Select(column => Headers[column])]).Right([.. columns.Index().Where(column => column.Item is 2 or (>= 4 and <= 9)).Select(column => column.Index)]);
            foreach (var pipeline in pipelines) table.Add([.. Cells(pipeline).Index().Where(cell => columns.Contains(cell.Index)).Select(cell => cell.Item)]);
            if (table.Width <= width || without == Dispensable.Length) return table;
        }
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
        pipeline.Epoch >= 0 || pipeline.Counts.RowsPerSecond >= 1 ? Units.Count(pipeline.Counts.RowsPerSecond) : "",
        pipeline.Counts.Quarantined > 0 ? TextTable.Number(pipeline.Counts.Quarantined) : "",
        pipeline.BacklogBytes > 0 ? Units.Bytes(pipeline.BacklogBytes) : "",
        SilosOf(pipeline),
    ];

    private static string SilosOf(PipelineStatus pipeline)
    {
        var silos = pipeline.Tasks.Select(task => task.Silo).Distinct().ToList();
        return silos.Count <= 1 ? silos.FirstOrDefault() ?? "" : $"{silos.Count} silos";
    }
}
