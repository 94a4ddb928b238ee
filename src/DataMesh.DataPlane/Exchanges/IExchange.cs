using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Exchanges;

/// <summary>
/// Rows that change task: every sender may send to every receiver. What one sender sends to one receiver arrives in its order. An epoch ends for a receiver
/// when all senders have ended it; what a sender sends after that is not seen before.
/// </summary>
public interface IExchange
{
    /// <summary>Sends a batch, which changes owner. Waits while the receiver has too much of this sender waiting.</summary>
    ValueTask SendAsync(int from, int to, RecordBatch batch, CancellationToken cancellation);

    /// <summary>A sender has sent everything of an epoch.</summary>
    ValueTask EndAsync(int from, long epoch, CancellationToken cancellation);

    /// <summary>The next batch for a receiver, or the end of the epoch. One caller at a time for each receiver.</summary>
    ValueTask<Received> ReceiveAsync(int to, CancellationToken cancellation);
}

/// <summary>What a receiver gets.</summary>
/// <param name="Batch">Rows, which the receiver owns; null at the end of an epoch.</param>
/// <param name="From">Who sent them.</param>
/// <param name="Epoch">The epoch that ends; -1 for rows.</param>
public readonly record struct Received(RecordBatch? Batch, int From, long Epoch);
