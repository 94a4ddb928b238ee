using System.Text.Json;
using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Groups;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Hosting.Simulation.Silos;

/// <content>How work here reaches work in other silos.</content>
public sealed partial class SimulatedSilo : IPeerLink
{
    private static readonly Uri Nowhere = new("http://simulated/");

    /// <summary>Answers what task instances in other silos ask their coordinator here.</summary>
    public Func<GroupCall, CancellationToken, Task<GroupAnswer>>? Groups { get; set; }

    /// <summary>Takes in what task instances in other silos send to those here.</summary>
    public Func<ExchangeCall, CancellationToken, Task<ExchangeAnswer>>? Rows { get; set; }

    /// <inheritdoc/>
    IPeerLink? ISiloHost.Peers => Groups is null ? null : this;

    /// <inheritdoc/>
    public async ValueTask<GrainPlace> FindAsync(GrainId grain, bool anew, CancellationToken cancellation)
    {
        var group = GrainGroup.Of(grain);
        if (anew) _directory.ForgetRemote((each, _) => each == group);
        var route = await _directory.ResolveAsync(group, GrainGroup.IsNear(group)).WaitAsync(cancellation);
        return new GrainPlace(route.Silo, Nowhere, route.Local is not null);
    }

    /// <inheritdoc/>
    public async Task<byte[]> AskAsync(GrainPlace place, string path, byte[] body, int bytesMax, CancellationToken cancellation)
    {
        // A silo that does not answer is waited for as long as it has a session; with the session goes what is known of where it is.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, GoneToken(place.Silo));
        if (_cluster.Find(place.Silo) is not { } other) throw new GrainCallException(CallFailure.Unreachable, $"The silo {place.Silo} did not answer.");
        try
        {
            return await _cluster.Network.AskAsync(Process, other.Process, () => other.AnswerAsync(path, body), mayDouble: false, either.Token);
        }
        catch (NetworkTrouble error)
        {
            throw new GrainCallException(CallFailure.Unreachable, $"The silo {place.Silo} did not answer: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new GrainCallException(CallFailure.Unreachable, $"The silo {place.Silo} went away.", error);
        }
    }

    /// <inheritdoc/>
    public CancellationToken GoneToken(string silo)
    {
        if (!_gone.TryGetValue(silo, out var gone)) _gone[silo] = gone = new CancellationTokenSource();
        return gone.Token;
    }

    private async Task<byte[]> AnswerAsync(string path, byte[] body)
    {
        if (path == PeerPaths.Exchange) return [(byte)await Rows!(ExchangeCall.Parse(body), _left.Token)];
        var call = JsonSerializer.Deserialize(body, GroupJson.Default.GroupCall)!;
        return JsonSerializer.SerializeToUtf8Bytes(await Groups!(call, _left.Token), GroupJson.Default.GroupAnswer);
    }
}
