using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Runs;

/// <summary>Shows a run while it goes on.</summary>
internal interface IRunDisplay
{
    /// <summary>Runs and shows.</summary>
    Task<RunResult> ShowAsync(Func<IProgress<RunProgress>?, Task<RunResult>> run);
}

/// <summary>Shows no progress, only what people should know, and that as it happens: a run may wait for a full disk.</summary>
internal sealed class NoDisplay : IRunDisplay
{
    public async Task<RunResult> ShowAsync(Func<IProgress<RunProgress>?, Task<RunResult>> run)
    {
        var progress = new LatestProgress(Console.Error.WriteLine);
        var result = await run(progress);
        progress.TellRest(result);
        return result;
    }
}

/// <summary>Keeps the newest progress for whoever draws it, and the messages on the way.</summary>
internal sealed class LatestProgress(Action<string> tell) : IProgress<RunProgress>
{
    private volatile RunProgress? _latest;
    private readonly HashSet<string> _told = [];

    public RunProgress? Latest => _latest;

    public void Report(RunProgress value)
    {
        _latest = value;
        if (value.Message is { } message) Tell(message);
    }

    /// <summary>Tells what no report told: several things can happen between two.</summary>
    public void TellRest(RunResult result)
    {
        foreach (var message in result.Messages) Tell(message);
    }

    private void Tell(string message)
    {
        if (_told.Add(message)) tell(message);
    }
}
