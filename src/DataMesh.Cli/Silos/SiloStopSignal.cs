using System.Runtime.InteropServices;

namespace DataMesh.Cli.Silos;

/// <summary>Ctrl-C and SIGTERM end a silo in good order; the second one ends it at once, which loses nothing that is committed.</summary>
internal sealed class SiloStopSignal : IDisposable
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _patience = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeSpan _time;
    private int _count;

    /// <summary>Listens until it is disposed.</summary>
    public SiloStopSignal(TimeSpan patience)
    {
        _time = patience;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <summary>Completes with the first signal.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Cancelled when the time to leave in good order is over.</summary>
    public CancellationToken Patience => _patience.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _patience.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1)
        {
            Console.Error.WriteLine("Ended at once; epochs that were being read are not committed.");
            Environment.Exit(ExitCodes.Stopped);
        }

        _patience.CancelAfter(_time);
        _stopped.TrySetResult();
    }
}
