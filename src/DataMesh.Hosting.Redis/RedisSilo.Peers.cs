using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Hosting.Redis;

/// <content>How work here reaches work in other silos.</content>
public sealed partial class RedisSilo
{
    /// <inheritdoc/>
    IPeerLink? ISiloHost.Peers => this;

    /// <inheritdoc/>
    public async ValueTask<GrainPlace> FindAsync(GrainId grain, bool anew, CancellationToken cancellation)
    {
        var group = GrainGroup.Of(grain);
        if (anew) _directory.Reconsider(group);
        var route = await _directory.ResolveAsync(group, GrainGroup.IsNear(group)).WaitAsync(cancellation);
        return new GrainPlace(route.Silo, route.Address, route.Local is not null);
    }

    /// <inheritdoc/>
    public Task<byte[]> AskAsync(GrainPlace place, string path, byte[] body, int bytesMax, CancellationToken cancellation) =>
        _peers.AskAsync(place, path, body, bytesMax, GoneToken(place.Silo), cancellation);

    /// <inheritdoc/>
    public CancellationToken GoneToken(string silo) => _gone.GetOrAdd(silo, _ => new CancellationTokenSource()).Token;
}
