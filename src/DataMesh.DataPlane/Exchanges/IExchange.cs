using DataMesh.Core;

namespace DataMesh.DataPlane.Exchanges;

/// <summary>
/// What crosses between the tasks of one attempt at an epoch: every task may send to every task, itself too. What one sends to another arrives in its order;
/// what one sends after it has seen a parcel of another arrives everywhere behind what that one had sent before.
/// </summary>
public interface IExchange
{
    /// <summary>How many tasks take part.</summary>
    int Tasks { get; }

    /// <summary>Sends a parcel, which changes owner. Waits while too much of this sender waits at the receiver; marks never wait.</summary>
    ValueTask SendAsync(int from, int to, Parcel parcel, CancellationToken cancellation);

    /// <summary>The next parcel for a task; null when the attempt was given up. One caller at a time for each task.</summary>
    ValueTask<Parcel?> ReceiveAsync(int to, CancellationToken cancellation);

    /// <summary>Bytes that wait for a task.</summary>
    long WaitingAt(int to);

    /// <summary>Bytes that one of so many tasks may have waiting at another.</summary>
    static long CreditOf(int tasks) => Limits.TaskBytesInFlightMax / tasks;

    /// <summary>Gives the attempt up for all tasks: nobody waits any more.</summary>
    void GiveUp();
}
