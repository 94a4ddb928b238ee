using DataMesh.ControlPlane.Grains;

namespace DataMesh.Runtime.Hosting.Peers;

/// <summary>What the hosts of clusters share in bringing an event to its grain.</summary>
public static class Delivering
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Has a grain handle an event of a caller outside; it is brought again while the grain turns out to live elsewhere. Throws
    /// <see cref="GrainCallException"/> when it was not handled, or nobody knows.
    /// </summary>
    /// <param name="to">The grain.</param>
    /// <param name="deliver">Brings the event once.</param>
    /// <param name="isTrouble">Whether an exception says that the grain's silo went away.</param>
    /// <param name="timeout">How long the caller waits.</param>
    /// <param name="clock">The host's clock.</param>
    /// <param name="cancellation">The caller gives up.</param>
    public static async Task CallAsync(
        GrainId to, Func<CancellationToken, Task<Delivery>> deliver, Func<Exception, bool> isTrouble, TimeSpan timeout, TimeProvider clock, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            while (true)
            {
                switch (await deliver(either.Token))
                {
                    case Delivery.Handled: return;
                    case Delivery.Unknown: throw new GrainCallException(CallFailure.Unknown, $"There is no grain {to}.");
                    case Delivery.Busy: throw new GrainCallException(CallFailure.Busy, $"Too many events are waiting for {to}.");
                    case Delivery.Ended: throw new GrainCallException(CallFailure.Unreachable, $"The activation of {to} has ended.");
                }

                await Task.Delay(Pause, clock, either.Token);
            }
        }
        catch (Exception error) when (isTrouble(error))
        {
            throw new GrainCallException(CallFailure.Unreachable, $"The silo of {to} went away: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw late.IsCancellationRequested
                ? new GrainCallException(CallFailure.TimedOut, $"{to} did not answer within {timeout.TotalSeconds:0.###} s.", error)
                : new GrainCallException(CallFailure.Unreachable, $"The silo of {to} went away.", error);
        }
    }

    /// <summary>Puts an event into a mailbox and waits until it was handled; null when the mailbox has closed.</summary>
    /// <param name="post">Puts it in, with what is told when it was handled.</param>
    /// <param name="cancellation">Nobody waits any more; the event stays where it is.</param>
    public static async Task<Delivery?> PostAsync(Func<TaskCompletionSource, PostOutcome> post, CancellationToken cancellation)
    {
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        switch (post(handled))
        {
            case PostOutcome.Busy: return Delivery.Busy;
            case PostOutcome.Closed: return null;
        }

        try
        {
            await handled.Task.WaitAsync(cancellation);
            return Delivery.Handled;
        }
        catch (GrainCallException)
        {
            return Delivery.Ended;
        }
    }
}
