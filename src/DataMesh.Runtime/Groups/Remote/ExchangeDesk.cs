using DataMesh.ControlPlane.Pipelines;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Exchanges;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>Where the instances of a run that are in this silo give rows to those in other silos, and get theirs.</summary>
internal sealed class ExchangeDesk(PipelineRun run, IPeerLink peers) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<int, Side> _sides = [];
    private readonly Lock _lock = new();
    private readonly Pulse _changed = new();

    /// <summary>An instance takes part in an attempt; what it had of an earlier one is let go of.</summary>
    public IExchange Open(long generation, int instance, PartOrder order)
    {
        lock (_lock)
        {
            if (_sides.TryGetValue(instance, out var known))
            {
                if ((known.Generation, known.Attempt) == (generation, order.Attempt)) return known.Exchange;
                known.Exchange.Dispose();
            }

            var exchange = new RemoteExchange(instance, order.Tasks, IExchange.CreditOf(order.Tasks), run.Options.Budget,
                (to, message, cancellation) => SendAsync(new ExchangeCall(run.RunId, generation, order.Attempt, to, message), cancellation));
            _sides[instance] = new Side(generation, order.Attempt, exchange);
            _changed.Beat();
            return exchange;
        }
    }

    /// <summary>Takes in what an instance sent to one here; waits for it to begin, if it has not yet, and for credit.</summary>
    public async Task<ExchangeAnswer> AcceptAsync(ExchangeCall call, CancellationToken cancellation)
    {
        var began = run.Clock.GetTimestamp();
        while (true)
        {
            Task changed;
            Side? side;
            lock (_lock) (changed, side) = (_changed.Next, _sides.GetValueOrDefault(call.To));
            var order = side is null ? -1 : (side.Generation, side.Attempt).CompareTo((call.Generation, call.Attempt));
            if (order > 0) return ExchangeAnswer.GivenUp;
            if (order == 0) return await side!.Exchange.AcceptAsync(call.Parcel, cancellation) ? ExchangeAnswer.Accepted : ExchangeAnswer.GivenUp;
            var left = Patience - run.Clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) return ExchangeAnswer.Elsewhere;
            await Task.WhenAny(changed, Task.Delay(left, run.Clock, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var side in _sides.Values) side.Exchange.Dispose();
            _sides.Clear();
        }
    }

    /// <summary>Sends a message, again only when it is known that it was not taken in.</summary>
    private async Task<bool> SendAsync(ExchangeCall call, CancellationToken cancellation)
    {
        var began = run.Clock.GetTimestamp();
        for (var anew = false; ; anew = true)
        {
            var place = await peers.FindAsync(PipelineMachine.InstanceOf(run.Definition.Name, call.To), anew, cancellation);
            var answer = place.IsHere ? await AcceptAsync(call, cancellation) : await AskAsync(place, call, cancellation);
            if (answer != ExchangeAnswer.Elsewhere) return answer == ExchangeAnswer.Accepted;
            if (run.Clock.GetElapsedTime(began) >= Patience) throw Lost(place, call, "It does not run it.", null);
            await Task.Delay(Pause, run.Clock, cancellation);
        }
    }

    private async Task<ExchangeAnswer> AskAsync(GrainPlace place, ExchangeCall call, CancellationToken cancellation)
    {
        try
        {
            var answer = await peers.AskAsync(place, PeerPaths.Exchange, call.ToBytes(), ExchangeCall.BytesMax, cancellation);
            return answer is [<= (byte)ExchangeAnswer.Elsewhere and var one] ? (ExchangeAnswer)one : throw Lost(place, call, "Its answer is none.", null);
        }
        catch (GrainCallException error)
        {
            throw Lost(place, call, error.Message, error);
        }
    }

    private DataMeshException Lost(GrainPlace place, ExchangeCall call, string why, Exception? cause) =>
        new($"The silo {place.Silo}, which runs task {call.To} of '{run.Definition.Name}', does not take its rows.", detail: why, cause: cause) { MayPass = true, PassesSoon = true };

    private sealed record Side(long Generation, int Attempt, RemoteExchange Exchange);
}
