using System.Collections.Concurrent;
using System.Text.Json;
using DataMesh.Connectors;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Tasks;
using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane;
using DataMesh.Hosting.Embedded;
using DataMesh.Runtime.Groups;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;
using DataMesh.Runtime.Silos;

namespace DataMesh.Runtime.Tests.Groups.Remote;

/// <summary>
/// Two silos in one process: the grains' turns are all in one place, but the work of some instances, those with odd numbers if nothing else is said, is done by
/// the second silo, which asks the coordinator in the first one by JSON.
/// </summary>
internal sealed class TwoSilos : IGrainWorker, IPeerLink, IAsyncDisposable
{
    private static readonly ComponentCatalog Catalog = ComponentCatalog.Scan(typeof(DataPath).Assembly, typeof(FileSource).Assembly);

    private readonly SiloWorker _first = new(Catalog, new SiloLimits { Cores = 2 }, TimeProvider.System);
    private readonly SiloWorker _second = new(Catalog, new SiloLimits { Cores = 2 }, TimeProvider.System);
    private readonly EmbeddedSilo _host;
    private int _parcels;
    private readonly ConcurrentDictionary<int, GrainId> _instances = new();
    private readonly TaskCompletionSource<ReportEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TwoSilos(string folder)
    {
        _host = EmbeddedSilo.Open(Path.Combine(folder, ".silo"), new GrainActivator(this), TimeProvider.System, (grain, why) => Log.Enqueue($"{grain}: {why}"));
        _first.Attach(new OneOfTwo(_host, "first", new Here(this)));
        _second.Attach(new OneOfTwo(_host, "second", this));
    }

    /// <summary>What could not go on.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>What was asked of the coordinator.</summary>
    public ConcurrentQueue<GroupCall> Calls { get; } = new();

    /// <summary>The second silo.</summary>
    public SiloWorker Second => _second;

    /// <summary>The first silo.</summary>
    public SiloWorker First => _first;

    /// <summary>Does something to a call on its way, or to its answer.</summary>
    public Func<GroupCall, GroupAnswer, GroupAnswer> OnTheWay { get; set; } = (_, answer) => answer;

    /// <summary>Called before a call is sent.</summary>
    public Action<GroupCall> Sending { get; set; } = _ => { };

    /// <summary>Called before rows are sent to a silo.</summary>
    public Action<string> SendingRows { get; set; } = _ => { };

    /// <summary>Whether an instance lives in the second silo.</summary>
    public Func<int, bool> IsInSecond { get; set; } = instance => instance % 2 == 1;

    /// <summary>What instances sent to those in the other silo.</summary>
    public int Parcels => _parcels;

    /// <summary>Submits a pipeline and waits for its end.</summary>
    public async Task<PipelineState> RunAsync(string folder, string yaml)
    {
        File.WriteAllText(Path.Combine(folder, "pipeline.yaml"), yaml);
        var definition = PipelineReader.Read(Path.Combine(folder, "pipeline.yaml"), Catalog);
        var version = await _host.Pipelines.SubmitAsync(definition.Name, yaml, folder, new SpecOptions("pipeline.yaml", "once", definition.Parallelism).ToJson(), default);
        var plan = new RunPlan(RunName.New(definition.Name, version.Version, 0).ToString(), "v", version.Version, [.. definition.Sources.Select(node => node.Id)]);
        var pipeline = new GrainId(GrainKind.Pipeline, definition.Name);
        await _host.CallAsync(pipeline, new SubmitPipeline(plan, false), TimeSpan.FromSeconds(10), default);
        var end = await _ended.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(end.Phase == PipelinePhase.Done, end.Error);
        while (true)
        {
            var stored = await _host.States.ReadAsync(pipeline, default);
            var state = JsonSerializer.Deserialize(stored!.Json, RuntimeJson.Default.PipelineState)!;
            if (state.LastRun is not null && !state.IsActive) return state;
            await Task.Delay(10);
        }
    }

    /// <summary>Tells an instance what it hears when its silo has handed it over.</summary>
    public void TakeUp(int instance)
    {
        _second.Left($"instance:p/task/{instance}");
        _host.Tell(_instances[instance], _instances[instance], new Activated());
    }

    public async Task<GrainEvent?> DoAsync(GrainId self, Work work, long fence, CancellationToken cancellation)
    {
        if (work is ReadPart part) _instances[part.Instance] = self;
        var silo = work is ReadPart { Instance: var read } && IsInSecond(read) || work is LeavePart { Instance: var left } && IsInSecond(left) ? _second : _first;
        try
        {
            return await silo.DoAsync(self, work, fence, cancellation);
        }
        finally
        {
            if (work is ReportEnd end) _ended.TrySetResult(end);
        }
    }

    public ValueTask<GrainPlace> FindAsync(GrainId grain, bool anew, CancellationToken cancellation) => ValueTask.FromResult(PlaceOf(grain, "second"));

    public async Task<byte[]> AskAsync(GrainPlace place, string path, byte[] body, int bytesMax, CancellationToken cancellation)
    {
        if (path == PeerPaths.Exchange) return await ExchangeAsync(place, body, cancellation);
        Assert.Equal(PeerPaths.Groups, path);
        var call = JsonSerializer.Deserialize(body, GroupJson.Default.GroupCall)!;
        Sending(call);
        Calls.Enqueue(call);
        return JsonSerializer.SerializeToUtf8Bytes(OnTheWay(call, await _first.AnswerAsync(call, cancellation)), GroupJson.Default.GroupAnswer);
    }

    public CancellationToken GoneToken(string silo) => default;

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }

    private GrainPlace PlaceOf(GrainId grain, string here)
    {
        var silo = grain.Kind == GrainKind.Instance && IsInSecond(grain.Key[^1] - '0') ? "second" : "first";
        return new GrainPlace(silo, new Uri($"http://{silo}"), silo == here);
    }

    private async Task<byte[]> ExchangeAsync(GrainPlace place, byte[] body, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _parcels);
        SendingRows(place.Silo);
        return [(byte)await (place.Silo == "first" ? _first : _second).AcceptAsync(ExchangeCall.Parse(body), cancellation)];
    }

    private sealed class Here(TwoSilos silos) : IPeerLink
    {
        public ValueTask<GrainPlace> FindAsync(GrainId grain, bool anew, CancellationToken cancellation) => ValueTask.FromResult(silos.PlaceOf(grain, "first"));

        public Task<byte[]> AskAsync(GrainPlace place, string path, byte[] body, int bytesMax, CancellationToken cancellation) =>
            path == PeerPaths.Exchange ? silos.ExchangeAsync(place, body, cancellation) : throw new InvalidOperationException("Nobody is asked.");

        public CancellationToken GoneToken(string silo) => default;
    }
}
