using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Runtime.Runs;

/// <summary>Adds up what a run committed, epoch by epoch.</summary>
public sealed class RunAccount
{
    private readonly Lock _lock = new();
    private readonly List<StageCounts> _stages = [];
    private readonly Dictionary<string, long> _quarantine = [];
    private readonly Dictionary<string, TargetResult> _targets = [];
    private readonly List<string> _messages = [];

    /// <summary>Epochs committed.</summary>
    public int Epochs { get; private set; }

    /// <summary>Changes of structure met.</summary>
    public int DriftEvents { get; private set; }

    /// <summary>What the run has committed in other processes; everything else here is of this one.</summary>
    public RunSoFar Before { get; private set; } = RunSoFar.Nothing;

    /// <summary>Where a stopped run stopped.</summary>
    public string? StoppedAt { get; set; }

    /// <summary>What became of the records of quarantine that the run was to settle.</summary>
    public SettleResult? Settled { get; set; }

    /// <summary>Whether a replay was given up because every record failed again as it had.</summary>
    public bool WasInVain { get; set; }

    /// <summary>The ledger over all epochs.</summary>
    public IReadOnlyList<StageCounts> Stages
    {
        get { lock (_lock) return [.. _stages]; }
    }

    /// <summary>Records set aside by reason.</summary>
    public IReadOnlyDictionary<string, long> Quarantine
    {
        get { lock (_lock) return new Dictionary<string, long>(_quarantine); }
    }

    /// <summary>What was written where.</summary>
    public IReadOnlyList<TargetResult> Targets
    {
        get { lock (_lock) return [.. _targets.Values]; }
    }

    /// <summary>What happened on the way.</summary>
    public IReadOnlyList<string> Messages
    {
        get { lock (_lock) return [.. _messages]; }
    }

    /// <summary>Called with every message as it comes; null while nobody listens.</summary>
    public Action<string>? Told { get; set; }

    /// <summary>Notes something for people, once.</summary>
    public void Tell(string message)
    {
        lock (_lock)
        {
            if (_messages.Contains(message)) return;
            _messages.Add(message);
        }

        Told?.Invoke(message);
    }

    /// <summary>What the run has committed, in whatever processes.</summary>
    /// <param name="bytesRead">Source bytes read in this one.</param>
    public RunSoFar SoFar(long bytesRead) => Before + Here(bytesRead);

    /// <summary>The run stands where a manifest says, wherever that was done.</summary>
    /// <param name="soFar">What the manifest says.</param>
    /// <param name="bytesRead">Source bytes read in this process.</param>
    public void GoOnFrom(RunSoFar soFar, long bytesRead) => Before = soFar - Here(bytesRead);

    /// <summary>Forgets what was committed: an epoch replaces it.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Before = RunSoFar.Nothing;
            Epochs = 0;
            DriftEvents = 0;
            _stages.Clear();
            _quarantine.Clear();
            _targets.Clear();
        }
    }

    /// <summary>Adds a committed epoch.</summary>
    public void Add(IReadOnlyList<StageCounts> ledger, IReadOnlyDictionary<string, long> reasons)
    {
        lock (_lock)
        {
            Epochs++;
            foreach (var line in ledger)
            {
                var at = _stages.FindIndex(known => known.Id == line.Id);
                if (at < 0) _stages.Add(line);
                else _stages[at] += line;
            }

            foreach (var (reason, count) in reasons) _quarantine[reason] = _quarantine.GetValueOrDefault(reason) + count;
        }
    }

    private RunSoFar Here(long bytesRead)
    {
        lock (_lock) return new RunSoFar("", Epochs, bytesRead, [.. _stages]);
    }

    /// <summary>Adds changes of structure that a committed epoch met.</summary>
    public void AddDrift(int events)
    {
        lock (_lock) DriftEvents += events;
    }

    /// <summary>Adds a commit to a target.</summary>
    public void Add(TargetResult result)
    {
        lock (_lock)
        {
            _targets[result.Path] = _targets.TryGetValue(result.Path, out var known)
                ? result with { Rows = known.Rows + result.Rows, Files = known.Files + result.Files, Bytes = known.Bytes + result.Bytes }
                : result;
        }
    }
}
