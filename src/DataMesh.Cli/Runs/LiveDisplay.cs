using DataMesh.Cli.Output;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DataMesh.Cli.Runs;

/// <summary>A live table on the terminal: totals, rates, what is left, and one line a stage.</summary>
internal sealed class LiveDisplay(string pipeline) : IRunDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public async Task<RunResult> ShowAsync(Func<IProgress<RunProgress>?, Task<RunResult>> run)
    {
        var messages = new List<string>();
        var progress = new LatestProgress(message =>
        {
            lock (messages) messages.Add(message);
        });
        var rates = new RateMeter();
        var running = run(progress);
        await AnsiConsole.Live(new Text("starting")).AutoClear(true).StartAsync(async live =>
        {
            while (await Task.WhenAny(running, Task.Delay(Interval)) != running)
            {
                if (progress.Latest is not { } now) continue;
                rates.Add(now);
                live.UpdateTarget(Draw(now, rates));
            }
        });
        var result = await running;
        progress.TellRest(result);
        foreach (var message in messages) Terminal.Line(message);
        return result;
    }

    private Rows Draw(RunProgress now, RateMeter rates)
    {
        var lines = new List<IRenderable>
        {
            new Markup($"[bold]{Markup.Escape(pipeline)}[/]  epoch {now.Epoch}, {Markup.Escape(now.Phase)}, {Units.Time(now.Elapsed)}"),
            new Text($"{Units.Count(rates.RowsPerSecond)} rows/s   {Units.Bytes(rates.BytesPerSecond)}/s   {Bar(now)}{rates.Left(now)}   {Units.Bytes(now.BytesInFlight)} in flight"),
            Stages(now.Stages),
        };
        if (now is { Phase: RunProgress.Pausing, Message: { } message }) lines.Add(new Markup($"[yellow]{Markup.Escape(message)}[/]"));
        if (now.Quarantined > 0) lines.Add(new Markup($"[yellow]{TextTable.Number(now.Quarantined)} records set aside[/]"));
        return new Rows(lines);
    }

    private static string Bar(RunProgress now)
    {
        const int width = 24;
        if (now.BytesTotal <= 0) return "";
        var share = Math.Clamp(now.BytesRead / (double)now.BytesTotal, 0, 1);
        var full = (int)(share * width);
        return $"{new string('█', full)}{new string('░', width - full)} {share:P0}   ";
    }

    private static Table Stages(IReadOnlyList<StageCounts> stages)
    {
        var table = new Table().Border(TableBorder.None).AddColumn("stage").AddColumn(new TableColumn("in").RightAligned())
            .AddColumn(new TableColumn("out").RightAligned()).AddColumn(new TableColumn("set aside").RightAligned());
        foreach (var stage in stages)
        {
            table.AddRow(
                new Text(stage.Id),
                new Text(TextTable.Number(stage.In)),
                new Text(TextTable.Number(stage.Out)),
                stage.Quarantined > 0 ? new Markup($"[yellow]{TextTable.Number(stage.Quarantined)}[/]") : new Text(""));
        }

        return table;
    }
}
