using System.Collections.Concurrent;
using DataMesh.Hosting.Orleans.Grains;
using DataMesh.Hosting.Orleans.Membership;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Hosting.Orleans;

/// <content>How work here reaches work in other silos: beside Orleans, over the silos' HTTP endpoints, so that rows do not queue with the calls of grains.</content>
public sealed partial class OrleansHost : IPeerLink, ISiloStatusListener
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _gone = new();
    private readonly Lazy<PeerClient> _peers;

    /// <inheritdoc/>
    IPeerLink? ISiloHost.Peers => Options.Address is null ? null : this;

    /// <inheritdoc/>
    public async ValueTask<GrainPlace> FindAsync(GrainId grain, bool anew, CancellationToken cancellation)
    {
        var group = GrainGroup.Of(grain);
        var silo = await PersistAsync(() => Grains.GetGrain<IGroupGrain>(group).WhereAsync(), cancellation);
        var isKnown = (await Loads.AskAsync().WaitAsync(cancellation)).TryGetValue(silo, out var facts) || (await Loads.AskAsync(anew: true).WaitAsync(cancellation)).TryGetValue(silo, out facts);
        if (!isKnown || !Uri.TryCreate(facts!.Address, UriKind.Absolute, out var address)) throw new GrainCallException(CallFailure.Unreachable, $"It is not known where {silo} answers.");
        return new GrainPlace(silo.ToParsableString(), address, silo.Equals(Silo));
    }

    /// <inheritdoc/>
    public Task<byte[]> AskAsync(GrainPlace place, string path, byte[] body, int bytesMax, CancellationToken cancellation) =>
        _peers.Value.AskAsync(place, path, body, bytesMax, GoneToken(place.Silo), cancellation);

    /// <inheritdoc/>
    public CancellationToken GoneToken(string silo)
    {
        var gone = _gone.GetOrAdd(silo, _ => new CancellationTokenSource());
        if (_oracle.Value.IsDeadSilo(SiloAddress.FromParsableString(silo))) gone.Cancel();
        return gone.Token;
    }

    /// <summary>Is told when silos come and go.</summary>
    internal void Watch() => _oracle.Value.SubscribeToSiloStatusEvents(this);

    /// <inheritdoc/>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status == SiloStatus.Dead && _gone.TryGetValue(updatedSilo.ToParsableString(), out var gone)) gone.Cancel();
        KeepAlive.LookNow();
    }
}
