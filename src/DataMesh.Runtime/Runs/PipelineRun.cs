using System.Text;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Quarantine;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Runtime.Runs;

/// <summary>One run of a pipeline in this process: what it was given, where its files are, and what came of it so far.</summary>
public sealed class PipelineRun
{
    private readonly PipelineDefinition _definition;
    private volatile bool _rebuilds;
    private volatile bool _isDraining;
    private readonly List<BadWindow> _badWindows = [];
    private readonly TaskCompletionSource<ReportEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Prepares a run. Throws when sinks contradict each other.</summary>
    public PipelineRun(PipelineDefinition definition, RunOptions options, TimeProvider clock, CancellationToken stopAtBarrier)
    {
        (_definition, Options, StopAtBarrier, Clock) = (definition, options, stopAtBarrier, clock);
        Context = new ComponentContext { BaseFolder = Path.GetDirectoryName(definition.File)!, Pipeline = definition.Name, Clock = clock, Repeats = Repeats, BlockBytes = options.BlockBytes };
        Version = Convert.ToHexStringLower(ContentHash.Of(Encoding.UTF8.GetBytes(definition.Text)))[..12];
        AppId = $"{new Guid(ContentHash.Of(Encoding.UTF8.GetBytes($"datamesh/pipeline/{definition.Name}")).AsSpan(0, 16))}/0";
        if (definition.Sinks.Count == 0) throw new DataMeshException("The pipeline has no dataset or sink.", new Location(definition.File), hint: "add a 'dataset:' section");
        if (SinkRules.Find(definition, Context, Repeats, options.Rebuild) is { Count: > 0 } wrong) throw DataMeshException.Of(wrong);
        RunId = options.RunId ?? Guid.NewGuid().ToString("N");
        _rebuilds = options.Rebuild;
        Account = new Account(definition.Sinks[0].Sink.SideFolder(Context, "_datamesh"), AppId);
        StartedAt = clock.GetTimestamp();
        if (Repeats) Trigger = new TriggerClock(definition.Trigger, clock);
    }

    private readonly Dictionary<int, IReadOnlyList<string>> _retyped = [];
    private IReadOnlyList<TargetState> _targetsBefore = [];

    /// <summary>Identity of the run.</summary>
    public string RunId { get; }

    /// <summary>Single tasks that are to live elsewhere.</summary>
    public PartDrains Drains { get; } = new();

    /// <summary>Whether the epoch that is being read should end soon, although the run goes on: its silo leaves.</summary>
    public bool IsDraining
    {
        get => _isDraining;
        set => _isDraining = value;
    }

    /// <summary>The pipeline.</summary>
    public PipelineDefinition Definition => Settlement?.Definition ?? _definition;

    /// <summary>What of the quarantine this run settles instead of reading the sources; known after recovery.</summary>
    internal Settlement? Settlement { get; set; }

    /// <summary>How it should go.</summary>
    public RunOptions Options { get; }

    /// <summary>Cancelled to stop at the next barrier.</summary>
    public CancellationToken StopAtBarrier { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Surroundings of the components.</summary>
    public ComponentContext Context { get; }

    /// <summary>Hash of the pipeline file.</summary>
    public string Version { get; }

    /// <summary>
    /// Identity of the pipeline's one commit group in every table it writes. Made from the name alone, so that it outlives all state beside the tables.
    /// </summary>
    public string AppId { get; }

    /// <summary>Name of the domain metadata entry in every table.</summary>
    public string Domain => $"datamesh.{Definition.Name}.0";

    /// <summary>Whether the run looks again for input at the pipeline's trigger, until it is stopped.</summary>
    public bool Repeats => _definition.Trigger.Repeats && !Options.Once && Options.Settle is null;

    /// <summary>Whether all rows of the targets are replaced by what is read now.</summary>
    public bool Replaces => _rebuilds || Definition.Sinks.Any(node => node.Sink.Replaces);

    /// <summary>When to look for input again; null when the run ends with its input.</summary>
    public TriggerClock? Trigger { get; }

    /// <summary>An epoch ends after this many source bytes.</summary>
    public long EpochBytes => Options.EpochBytes ?? Definition.Epoch.Bytes.Bytes;

    /// <summary>An epoch ends after this time.</summary>
    public TimeSpan EpochTime => Options.EpochTime ?? Definition.Epoch.Time;

    /// <summary>Prepared records and manifests.</summary>
    public Account Account { get; }

    /// <summary>Timestamp of the start.</summary>
    public long StartedAt { get; }

    /// <summary>What the data path has done.</summary>
    public PathMeter Meter { get; } = new();

    /// <summary>Whether the run was stopped because too many records were set aside.</summary>
    public bool SetTooManyAside => _badWindows.Exists(window => window.IsExceeded);

    /// <summary>What happened, for the final account.</summary>
    public RunAccount Outcome { get; } = new();

    /// <summary>What recovery found in the targets.</summary>
    public Recovered Recovered { get; private set; } = Recovered.Nothing;

    /// <summary>The manifest of the last committed epoch.</summary>
    public string? LastManifest { get; private set; }

    /// <summary>What is committed of the sources.</summary>
    public CommittedSplits Splits { get; } = new();

    /// <summary>Records that were cut off at the end of a file, and go on now.</summary>
    internal CutOffRecords CutOffs => field ??= new CutOffRecords(this);

    /// <summary>The state of stages as of the last committed epoch.</summary>
    public IReadOnlyList<StageState> States { get; private set; } = [];

    /// <summary>Whether the targets hold nothing, or only what this run or an unfinished one before it put there: types may still widen.</summary>
    public bool IsCreating { get; private set; }

    /// <summary>Whether the next epoch begins from the beginning of the sources again, and replaces what the creating run has committed.</summary>
    public bool StartsOver { get; private set; }

    /// <summary>Whether the next epoch replaces all rows of the targets.</summary>
    public bool ReplacesNext => Replaces || StartsOver;

    /// <summary>Whether stages remember from run to run. Runs that read everything anew each time begin with nothing.</summary>
    public bool KeepsState => !Definition.Sinks.Any(node => node.Sink.Replaces);

    /// <summary>Splits read half as of the last committed epoch.</summary>
    public IReadOnlyList<SplitPosition> Open { get; private set; } = [];

    /// <summary>Completes when the pipeline's grain reports the end.</summary>
    public Task<ReportEnd> Ended => _ended.Task;

    /// <summary>
    /// What stops the run when a task sets too many records aside; null without such a limit. What was set aside before is not counted when it is replayed.
    /// Tasks that come after a failure go on with the windows of those before.
    /// </summary>
    public BadWindow? BadWindowOf(int task)
    {
        if (Options.Settle is not null || _definition.Quarantine.Limit is not { } limit) return null;
        while (_badWindows.Count <= task) _badWindows.Add(new BadWindow(limit));
        return _badWindows[task];
    }

    /// <summary>Called when the pipeline's grain reports the end.</summary>
    public void End(ReportEnd report) => _ended.TrySetResult(report);

    /// <summary>A rebuild has been committed: what comes later is added to it.</summary>
    public void EndRebuild() => _rebuilds = false;

    /// <summary>Begins where the targets stand.</summary>
    public void Begin(Recovered recovered)
    {
        Recovered = recovered;
        LastManifest = recovered.Position?.Manifest;
        States = recovered.States;
        Splits.Load(recovered);
        CutOffs.Clear();
        Open = recovered.Position?.Open ?? [];
        StartsOver = false;
        _retyped.Clear();
        IsCreating = !Replaces && (recovered.Position is null
            ? recovered.Targets.All(target => target is { Version: < 0, HoldsOtherRows: false }) && Definition.Sinks.All(node => node.Sink.CanStartOver)
            : recovered.IsCreating);
    }

    /// <summary>The columns of a sink that become wider in its target with the next commit.</summary>
    public IReadOnlyList<string> RetypedOf(int sink) => _retyped.GetValueOrDefault(sink, []);

    /// <summary>From here on a target counts as having wider types: its next commit gives it these.</summary>
    public void Retype(int sink, Schema schema, IReadOnlyList<string> columns)
    {
        _retyped[sink] = [.. RetypedOf(sink).Union(columns, StringComparer.OrdinalIgnoreCase)];
        Recovered = Recovered with { Targets = [.. Recovered.Targets.Select((target, i) => i == sink ? target with { Schema = schema } : target)] };
    }

    /// <summary>An epoch begins: what was retyped is committed.</summary>
    public void SettleRetyping()
    {
        _targetsBefore = Recovered.Targets;
        _retyped.Clear();
    }

    /// <summary>Targets stay what they were when the epoch began.</summary>
    public void GiveUpRetyping()
    {
        Recovered = Recovered with { Targets = _targetsBefore };
        _retyped.Clear();
    }

    /// <summary>Goes back to the beginning of the sources.</summary>
    public void StartOver()
    {
        StartsOver = true;
        States = [];
        Splits.Clear();
        Open = [];
        Recovered = Recovered with
        {
            Finished = new Dictionary<(string, string), SplitPosition>(),
            Open = new Dictionary<(string, string), SplitPosition>(),
        };
    }

    /// <summary>Goes on from a committed epoch.</summary>
    public void Advance(string manifestName, Manifest manifest)
    {
        LastManifest = manifestName;
        States = manifest.State;
        Splits.Add(manifest);
        Open = manifest.Open;
        StartsOver = false;
        IsCreating &= manifest.IsCreating;
    }
}
