using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Runs;

/// <summary>Shows a run while it goes on.</summary>
internal interface IRunDisplay
{
    /// <summary>Runs and shows.</summary>
    Task<RunResult> ShowAsync(Func<IProgress<RunProgress>?, Task<RunResult>> run);
}

/// <summary>Shows nothing.</summary>
internal sealed class NoDisplay : IRunDisplay
{
    public Task<RunResult> ShowAsync(Func<IProgress<RunProgress>?, Task<RunResult>> run) => run(null);
}

/// <summary>Keeps the newest progress for whoever draws it, and the messages on the way.</summary>
internal sealed class LatestProgress(Action<string> tell) : IProgress<RunProgress>
{
    private volatile RunProgress? _latest;
    private string? _told;

    public RunProgress? Latest => _latest;

    public void Report(RunProgress value)
    {
        _latest = value;
        if (value.Message is not { } message || message == _told) return;
        _told = message;
        tell(message);
    }
}
