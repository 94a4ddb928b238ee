using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Flow;
using DataMesh.Formats.Frames;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>
/// An instance's side of an exchange with instances in other silos. What it sends is accepted there, or waits for credit there, before it sends more to the
/// same one: so what it has sent has arrived. What it receives waits in an inbox here.
/// </summary>
public sealed class RemoteExchange : IExchange, IDisposable
{
    private readonly int _self;
    private readonly LocalExchange _inbox;
    private readonly SendParcel _send;
    private readonly FrameEncoder[] _frames;
    private readonly MemoryStream?[] _states;

    /// <summary>The side of one instance.</summary>
    /// <param name="self">Number of the instance.</param>
    /// <param name="tasks">How many instances there are.</param>
    /// <param name="credit">Bytes that each may have waiting here.</param>
    /// <param name="whole">The budget of all tasks of the silo.</param>
    /// <param name="send">Carries a message to an instance; false when it has given the attempt up.</param>
    public RemoteExchange(int self, int tasks, long credit, ByteBudget? whole, SendParcel send)
    {
        (_self, Tasks, _send) = (self, tasks, send);
        _inbox = new LocalExchange(tasks, credit, whole);
        _frames = [.. Enumerable.Range(0, tasks).Select(_ => new FrameEncoder())];
        _states = new MemoryStream?[tasks];
    }

    /// <summary>Carries a message to an instance; false when it has given the attempt up.</summary>
    public delegate Task<bool> SendParcel(int to, byte[] message, CancellationToken cancellation);

    /// <inheritdoc/>
    public int Tasks { get; }

    /// <summary>Whether the attempt counts for nothing any more: what is sent goes nowhere, and nothing is received.</summary>
    public bool IsGivenUp => _inbox.IsGivenUp;

    /// <inheritdoc/>
    public async ValueTask SendAsync(int from, int to, Parcel parcel, CancellationToken cancellation)
    {
        if (to == _self)
        {
            await _inbox.SendAsync(from, to, parcel, cancellation);
            return;
        }

        using (parcel)
        {
            foreach (var message in ParcelFormat.Write(parcel, _frames[to]))
            {
                if (IsGivenUp) return;
                if (!await _send(to, message, cancellation)) _inbox.GiveUp();
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<Parcel?> ReceiveAsync(int to, CancellationToken cancellation) => _inbox.ReceiveAsync(_self, cancellation);

    /// <inheritdoc/>
    public long WaitingAt(int to) => _inbox.WaitingAt(_self);

    /// <inheritdoc/>
    public void GiveUp()
    {
        if (IsGivenUp) return;
        _inbox.GiveUp();
        foreach (var message in ParcelFormat.Write(new Parcel(ParcelKind.GiveUp, _self), _frames[_self]))
            for (var to = 0; to < Tasks; to++)
                if (to != _self) _ = TellAsync(to, message);
    }

    /// <summary>Takes a message of another instance in, as soon as it has credit. False when the attempt was given up here.</summary>
    public async Task<bool> AcceptAsync(byte[] message, CancellationToken cancellation)
    {
        if (IsGivenUp) return false;
        var (parcel, hasMore) = ParcelFormat.Read(message);
        if (parcel.From < 0 || parcel.From >= Tasks) throw new FormatException($"There is no task {parcel.From}.");
        if (parcel.Kind == ParcelKind.GiveUp) _inbox.GiveUp();
        else if (Join(parcel, hasMore) is { } joined) await _inbox.SendAsync(parcel.From, _self, joined, cancellation);
        return !IsGivenUp;
    }

    /// <inheritdoc/>
    public void Dispose() => _inbox.Dispose();

    /// <summary>Puts the parts of a state together; null before the last one.</summary>
    private Parcel? Join(Parcel parcel, bool hasMore)
    {
        if (parcel.State is not { } state || (!hasMore && _states[parcel.From] is null)) return parcel;
        var parts = _states[parcel.From] ??= new MemoryStream();
        parts.Write(state);
        if (hasMore) return null;
        _states[parcel.From] = null;
        return parcel with { State = parts.ToArray() };
    }

    /// <summary>Who does not hear of it hears from the coordinator that the epoch was given up.</summary>
    private async Task TellAsync(int to, byte[] message)
    {
        try
        {
            await _send(to, message, CancellationToken.None);
        }
        catch (Exception)
        {
            // A silo that is gone, or has other things to do meanwhile.
        }
    }
}
