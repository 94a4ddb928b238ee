namespace DataMesh.Runtime.Groups;

/// <summary>Tells those who wait that something has changed, so that they look again. Take <see cref="Next"/> before looking.</summary>
internal sealed class Pulse
{
    private volatile TaskCompletionSource _next = New();

    /// <summary>Completes with the next change.</summary>
    public Task Next => _next.Task;

    /// <summary>Something has changed.</summary>
    public void Beat() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
