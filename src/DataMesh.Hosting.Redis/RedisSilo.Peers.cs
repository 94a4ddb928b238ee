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
    public async Task<byte[]> AskAsync(GrainPlace place, string path, byte[] body, int bytesMax, CancellationToken cancellation)
    {
        // A silo that does not answer is waited for as long as it has a session.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, GoneToken(place.Silo));
        try
        {
            return await _peers.AskAsync(place.Address, path, body, bytesMax, either.Token);
        }
        catch (HttpRequestException error)
        {
            var failure = error.StatusCode is null ? CallFailure.Unreachable : CallFailure.Unknown;
            throw new GrainCallException(failure, $"The silo {place.Silo} at {place.Address} did not answer: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new GrainCallException(CallFailure.Unreachable, $"The silo {place.Silo} went away.", error);
        }
    }

    /// <inheritdoc/>
    public CancellationToken GoneToken(string silo) => _gone.GetOrAdd(silo, _ => new CancellationTokenSource()).Token;
}
