using System.Runtime.InteropServices;

namespace DataMesh.Cli.Runs;

/// <summary>
/// Turns Ctrl-C and a termination signal into a wish to stop at the next barrier. The second one ends the process at once;
/// nothing is lost even so, because only whole epochs are visible. So does the first one when no barrier comes in time: whoever sends SIGTERM may not wait.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeSpan _patience;
    private Timer? _deadline;
    private int _count;

    /// <summary>Listens until it is disposed.</summary>
    /// <param name="patience">How long after the first signal the process ends without a barrier.</param>
    public StopSignal(TimeSpan patience)
    {
        _patience = patience;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _deadline?.Dispose();
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _count) > 1)
        {
            Console.Error.WriteLine("Aborted; the epoch that was being read is not committed.");
            Environment.Exit(ExitCodes.Stopped);
        }

        context.Cancel = true;
        Console.Error.WriteLine("Stopping at the next barrier. Press Ctrl-C again to abort.");
        _deadline = new Timer(_ => GiveUp(), null, _patience, Timeout.InfiniteTimeSpan);
        _stop.Cancel();
    }

    private void GiveUp()
    {
        Console.Error.WriteLine($"No barrier came within {_patience.TotalSeconds:0.#} s; the epoch that was being read is not committed.");
        Environment.Exit(ExitCodes.Stopped);
    }
}
