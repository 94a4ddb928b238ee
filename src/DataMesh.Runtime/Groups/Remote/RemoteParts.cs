using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Tasks;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>
/// The instances of a run that live in this silo while their coordinator lives in another: the run is known here from the pipeline's text alone, and
/// everything that was found out stands in the orders. An instance that ends otherwise than with its part is not used again.
/// </summary>
internal sealed class RemoteParts(PipelineRun run, int cores, ISiloHost host, GroupLink link, ExchangeDesk exchanges) : IAsyncDisposable
{
    private readonly Dictionary<int, RemotePart> _parts = [];
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _preparing = new(1);
    private long _prepared = -1;
    private (long Generation, int Plan, BoundGraph Graph)? _bound;

    /// <summary>Bytes of blocks and batches in flight.</summary>
    public long BytesInFlight
    {
        get { lock (_lock) return _parts.Values.Sum(part => part.Instance.BytesInFlight); }
    }

    /// <summary>Whether instances are here, reading or holding something from epoch to epoch.</summary>
    public bool Any
    {
        get { lock (_lock) return _parts.Count > 0; }
    }

    /// <summary>Reads and stages an instance's part of an epoch.</summary>
    public async Task<GrainEvent?> RunAsync(ReadPart read, CancellationToken cancellation)
    {
        await PrepareAsync(read.Attempt, cancellation);
        var part = await TakeAsync(read);
        await using var ending = cancellation.Register(part.Abort.Cancel);
        try
        {
            await part.Instance.RunPartAsync(read.Epoch);
            return new PartEnded(read.Attempt, read.Epoch);
        }
        catch (Exception error)
        {
            await LeaveAsync(read.Instance, part);
            if (cancellation.IsCancellationRequested) throw new OperationCanceledException(cancellation);
            if (error is GroupOverException) return null;
            if (error is PartLostException) return new WorkFailed("task", error.Message, MayPass: true) { IsLost = true };
            if (error is VerdictUnknownException { InnerException: { } cause }) throw cause;
            throw;
        }
    }

    /// <summary>Lets go of an instance.</summary>
    public async Task LeaveAsync(int instance)
    {
        RemotePart? part;
        lock (_lock) part = _parts.GetValueOrDefault(instance);
        if (part is not null) await LeaveAsync(instance, part);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<int> instances;
        lock (_lock) instances = [.. _parts.Keys];
        foreach (var instance in instances) await LeaveAsync(instance);
    }

    private async Task<RemotePart> TakeAsync(ReadPart read)
    {
        RemotePart? known;
        lock (_lock) known = _parts.GetValueOrDefault(read.Instance);
        if (known is not null && known.Generation == read.Attempt && !known.Abort.IsCancellationRequested) return known;
        if (known is not null) await LeaveAsync(read.Instance, known);
        var abort = new CancellationTokenSource();
        var meter = new PathMeter();
        var self = new GroupCall(run.RunId, read.Attempt, read.Instance, -1);
        var group = new RemoteTaskGroup(self, meter, run.Clock, link.SendAsync, probe => probe.Check(run.Definition.Name, host.SiloId));
        var instance = new TaskInstance(read.Instance, run, group, order => Bind(read.Attempt, order), meter, cores, abort.Token)
        {
            Exchange = order => exchanges.Open(read.Attempt, read.Instance, order),
        };
        var part = new RemotePart(read.Attempt, instance, group, abort);
        lock (_lock) _parts[read.Instance] = part;
        return part;
    }

    private async Task LeaveAsync(int instance, RemotePart part)
    {
        lock (_lock)
        {
            if (_parts.GetValueOrDefault(instance) == part) _parts.Remove(instance);
        }

        await part.DisposeAsync();
    }

    /// <summary>What stages look up is read again with every recovery, as the coordinator does.</summary>
    private async Task PrepareAsync(long generation, CancellationToken cancellation)
    {
        await _preparing.WaitAsync(cancellation);
        try
        {
            if (_prepared >= generation) return;
            foreach (var node in run.Definition.Stages) await node.Stage.PrepareAsync(run.Context, cancellation);
            _prepared = generation;
        }
        finally
        {
            _preparing.Release();
        }
    }

    /// <summary>The pipeline bound to what the coordinator has found out, once for all instances here.</summary>
    private BoundGraph Bind(long generation, PartOrder order)
    {
        lock (_lock)
        {
            if (_bound is { } known && (known.Generation, known.Plan) == (generation, order.Plan)) return known.Graph;
            var plans = order.Sources.Select((facts, i) => SourceRules.From(facts, run.Definition.Drift, run.Definition.Sources[i].Source.DeclaredTypes).Plan);
            var graph = GraphBinder.Bind(RunPreview.Complete(run.Definition, order.Schemas), [.. plans], run.Context);
            _bound = (generation, order.Plan, graph);
            return graph;
        }
    }

    private sealed record RemotePart(long Generation, TaskInstance Instance, RemoteTaskGroup Group, CancellationTokenSource Abort) : IAsyncDisposable
    {
        private int _isDisposed;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
            await Abort.CancelAsync();
            await Instance.DisposeAsync();
            await Group.DisposeAsync();
        }
    }
}
