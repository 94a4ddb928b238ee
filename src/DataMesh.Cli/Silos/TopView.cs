using DataMesh.Cli.Output;
using DataMesh.Client.Contract;
using Spectre.Console;

namespace DataMesh.Cli.Silos;

/// <summary>One look of <c>datamesh top</c>, made to fit the terminal: what there is no room for is left out, nothing is folded.</summary>
internal static class TopView
{
    /// <summary>The first line: the cluster as a whole.</summary>
    public static string Head(ClusterStatus cluster) =>
        $"{DateTime.Now:HH:mm:ss}  {cluster.Name}: {Count(cluster.Silos.Count, "silo")}, {Count(cluster.Silos.Sum(silo => silo.Runs), "run")}, "
        + $"{Units.Bytes(cluster.Silos.Sum(silo => silo.BytesInFlight))} in flight, {Units.Bytes(cluster.Silos.Sum(silo => silo.MemoryBytes))} of memory";

    /// <summary>The look for a terminal of this size.</summary>
    public static Rows Draw(ClusterStatus cluster, IReadOnlyList<PipelineStatus> pipelines, int width, int height) =>
        new(Lines(cluster, pipelines, width, height).Select(line => new Text(line.Text, line.Style)));

    /// <summary>The lines of the look, each no longer than the terminal is wide.</summary>
    public static IReadOnlyList<(string Text, Style Style)> Lines(ClusterStatus cluster, IReadOnlyList<PipelineStatus> pipelines, int width, int height)
    {
        // Line ends at the very edge of some terminals begin another line.
        (width, height) = (width - 1, height - 1);
        var lines = new List<(string, Style)> { (Cut(Head(cluster), width), new Style(decoration: Decoration.Bold)) };
        var silos = Math.Min(cluster.Silos.Count, Math.Max(1, (height - 3) / 3));
        lines.AddRange(cluster.Silos.Take(silos).Select(silo => (Cut(Of(silo), width), new Style(ColourOf(silo)))));
        if (silos < cluster.Silos.Count) lines.Add((Cut($"  and {Count(cluster.Silos.Count - silos, "silo")} more", width), Style.Plain));
        var room = Math.Max(1, height - lines.Count - 1);
        var shown = pipelines.Count <= room ? pipelines.Count : room - 1;
        var rows = PipelineTable.Of([.. pipelines.Take(shown)], width).Lines(width);
        lines.Add((rows[0], new Style(decoration: Decoration.Bold)));
        for (var i = 0; i < shown; i++) lines.Add((rows[i + 1], new Style(ColourOf(pipelines[i]))));
        if (shown < pipelines.Count) lines.Add((Cut($"and {Count(pipelines.Count - shown, "pipeline")} more", width), Style.Plain));
        return lines;
    }

    private static string Of(SiloStatus silo) =>
        $"  {silo.Id} {silo.State} {silo.Address}  {Count(silo.Runs, "run")}, {Count(silo.GrainsActive, "grain")}, {Units.Bytes(silo.MemoryBytes)}";

    private static Color ColourOf(SiloStatus silo) => silo.State switch { "active" => Color.Default, "leaving" => Color.Yellow, _ => Color.Red };

    private static Color ColourOf(PipelineStatus pipeline) => pipeline.Phase switch { "failed" => Color.Red, "pausing" => Color.Yellow, "running" => Color.Green, _ => Color.Default };

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
}
