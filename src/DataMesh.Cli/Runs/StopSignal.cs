using System.Runtime.InteropServices;

namespace DataMesh.Cli.Runs;

/// <summary>
/// Turns Ctrl-C and a termination signal into a wish to stop at the next barrier. The second one ends the process at once;
/// nothing is lost even so, because only whole epochs are visible.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    public StopSignal()
    {
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
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
        _stop.Cancel();
    }
}
