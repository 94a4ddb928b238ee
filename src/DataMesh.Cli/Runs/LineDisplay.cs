using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Runs;

/// <summary>Progress as plain lines on standard error, every few seconds.</summary>
internal sealed class LineDisplay : IRunDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public async Task<RunResult> ShowAsync(Func<IProgress<RunProgress>?, Task<RunResult>> run)
    {
        var progress = new LatestProgress(Console.Error.WriteLine);
        var rates = new RateMeter();
        var running = run(progress);
        while (await Task.WhenAny(running, Task.Delay(Interval)) != running)
        {
            if (progress.Latest is not { } now) continue;
            rates.Add(now);
            Console.Error.WriteLine(rates.Line(now));
        }

        var result = await running;
        progress.TellRest(result);
        return result;
    }
}
