using System.Diagnostics;
using System.Globalization;
using System.Text;
using DataMesh.Client.Contract;
using DataMesh.Runtime.Silos;

namespace DataMesh.Api.Operations;

/// <summary>The silo's metrics in the text form that Prometheus reads. Counters are of this process; they begin at zero with it.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>What is counted for each pipeline.</summary>
    public static (string Name, string Help, Func<PipelineTotals, long> Value)[] Counters { get; } =
    [
        ("datamesh_rows_in_total", "Records found in sources, in committed epochs.", totals => totals.RowsIn),
        ("datamesh_rows_out_total", "Rows committed to datasets and sinks.", totals => totals.RowsOut),
        ("datamesh_bytes_in_total", "Source bytes read.", totals => totals.BytesIn),
        ("datamesh_bytes_out_total", "Bytes committed to datasets and sinks.", totals => totals.BytesOut),
        ("datamesh_quarantined_total", "Records set aside, in committed epochs.", totals => totals.Quarantined),
        ("datamesh_epochs_total", "Epochs committed.", totals => totals.Epochs),
        ("datamesh_restarts_total", "Waits to try again after a failure.", totals => totals.Retries),
        ("datamesh_runs_total", "Runs begun here.", totals => totals.Runs),
    ];

    /// <summary>What is measured of the silo.</summary>
    public static (string Name, string Help, Func<SiloServices, long> Value)[] Gauges { get; } =
    [
        ("datamesh_runs_active", "Runs in this silo.", silo => silo.Worker.Runs.Count(run => !run.IsEnded)),
        ("datamesh_bytes_in_flight", "Bytes of blocks and batches in flight.", silo => silo.Worker.BytesInFlight),
        ("datamesh_bytes_in_flight_max", "Bytes in flight beyond which readers wait.", silo => silo.Worker.Limits.BytesInFlight),
        ("datamesh_ready", "Whether the silo is a member of its cluster.", silo => silo.IsReady ? 1 : 0),
    ];

    /// <summary>What is measured of each pipeline that runs in the silo.</summary>
    public static (string Name, string Help) Backlog { get; } = ("datamesh_backlog_bytes", "Source bytes that were listed and are not read yet.");

    public static string Write(SiloServices silo, SiloStatus status)
    {
        var text = new StringBuilder(4096);
        var totals = TotalsOf(silo);
        foreach (var (name, help, value) in Counters)
        {
            Head(text, name, "counter", help);
            foreach (var (pipeline, each) in totals) Line(text, name, value(each), pipeline);
        }

        Head(text, Backlog.Name, "gauge", Backlog.Help);
        foreach (var (pipeline, bytes) in BacklogOf(silo)) Line(text, Backlog.Name, bytes, pipeline);
        Gauge(text, "datamesh_grains_active", "Grains active in this silo.", status.GrainsActive);
        Gauge(text, "datamesh_groups_running", "Groups of grains that this silo must keep running.", status.GroupsRunning);
        foreach (var (name, help, value) in Gauges) Gauge(text, name, help, value(silo));
        WriteProcess(text, status);
        return text.ToString();
    }

    /// <summary>What this process has done for each pipeline.</summary>
    public static SortedDictionary<string, PipelineTotals> TotalsOf(SiloServices silo)
    {
        var totals = new SortedDictionary<string, PipelineTotals>(silo.Worker.Totals.Pipelines.ToDictionary(), StringComparer.Ordinal);
        foreach (var run in silo.Worker.Runs)
            totals[run.Name.Pipeline] = (totals.TryGetValue(run.Name.Pipeline, out var known) ? known : PipelineTotals.None) + PipelineTotals.Of(run);
        return totals;
    }

    /// <summary>What is left to read for each pipeline, where that is known.</summary>
    public static IEnumerable<(string Pipeline, long Bytes)> BacklogOf(SiloServices silo) =>
        silo.Worker.Runs.Where(run => run.BacklogBytes >= 0).Select(run => (run.Name.Pipeline, run.BacklogBytes));

    private static void WriteProcess(StringBuilder text, SiloStatus status)
    {
        using var process = Process.GetCurrentProcess();
        Gauge(text, "process_resident_memory_bytes", "Memory of the process.", status.MemoryBytes);
        Gauge(text, "dotnet_gc_heap_bytes", "Memory of managed objects.", GC.GetTotalMemory(false));
        Head(text, "process_cpu_seconds_total", "counter", "CPU time of the process.");
        Line(text, "process_cpu_seconds_total", status.CpuSeconds, null);
        Gauge(text, "process_start_time_seconds", "When the process started, since 1970.", new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0);
    }

    private static void Gauge(StringBuilder text, string name, string help, double value)
    {
        Head(text, name, "gauge", help);
        Line(text, name, value, null);
    }

    private static void Head(StringBuilder text, string name, string type, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static void Line(StringBuilder text, string name, double value, string? pipeline) =>
        text.Append(name).Append(pipeline is null ? "" : $"{{pipeline=\"{pipeline}\"}}").Append(CultureInfo.InvariantCulture, $" {value}\n");
}
