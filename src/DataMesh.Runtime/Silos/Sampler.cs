namespace DataMesh.Runtime.Silos;

/// <summary>Samples the rates of all runs of a silo, once a second while there are any: one timer, and none for idle pipelines.</summary>
internal sealed class Sampler : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SiloWorker _worker;
    private readonly ITimer _timer;
    private int _isAwake;

    public Sampler(SiloWorker worker, TimeProvider clock)
    {
        _worker = worker;
        _timer = clock.CreateTimer(_ => Sample(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to sample, when it does not already.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0) _timer.Change(Interval, Timeout.InfiniteTimeSpan);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Sample()
    {
        var runs = _worker.Runs;
        foreach (var run in runs) run.Rates.Sample();
        _worker.CloseLeftBehind();
        Volatile.Write(ref _isAwake, 0);
        if (runs.Count > 0) Wake();
    }
}
