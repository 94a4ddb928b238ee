using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Runs;

/// <summary>Shows a run while it goes on.</summary>
internal interface IRunDisplay
{
    /// <summary>Runs and shows.</summary>
    Task<RunResult> ShowAsync(Func<IProgress<RunProgress>?, Task<RunResult>> run);
}

/// <summary>Shows no progress; what people should know is told at the end.</summary>
internal sealed class NoDisplay : IRunDisplay
{
    public async Task<RunResult> ShowAsync(Func<IProgress<RunProgress>?, Task<RunResult>> run)
    {
        var result = await run(null);
        foreach (var message in result.Messages) Console.Error.WriteLine(message);
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
