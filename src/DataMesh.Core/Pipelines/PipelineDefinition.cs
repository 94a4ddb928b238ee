using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Pipelines;

/// <summary>A pipeline file after parsing: components with their options, wired into a graph. Nodes stand in topological order.</summary>
public sealed record PipelineDefinition
{
    /// <summary>The pipeline's name.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute path of the file it came from; its folder is where relative paths start.</summary>
    public required string File { get; init; }

    /// <summary>The file's text, for versions and the record of what ran.</summary>
    public required string Text { get; init; }

    /// <summary>What it is for, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Who answers for it, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>What happens when a source changes its structure.</summary>
    public DriftPolicy Drift { get; init; } = new();

    /// <summary>When a run stops because too many records are set aside.</summary>
    public QuarantinePolicy Quarantine { get; init; } = new();

    /// <summary>The sources.</summary>
    public required IReadOnlyList<SourceNode> Sources { get; init; }

    /// <summary>The stages, each after everything it reads from.</summary>
    public required IReadOnlyList<StageNode> Stages { get; init; }

    /// <summary>The datasets and file sinks at the ends.</summary>
    public required IReadOnlyList<SinkNode> Sinks { get; init; }

    /// <summary>When it runs.</summary>
    public Trigger Trigger { get; init; } = Trigger.Once;

    /// <summary>Whether it runs again and again and adds to what earlier runs wrote: no end of input is the last, and no result may wait for it.</summary>
    public bool IsEndless { get; init; }

    /// <summary>When an epoch ends.</summary>
    public EpochLimits Epoch { get; init; } = new();

    /// <summary>How many tasks read side by side.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>The file's own tests.</summary>
    public IReadOnlyList<PipelineTest> Tests { get; init; } = [];
}

/// <summary>One end of an edge: an output of a source or stage.</summary>
/// <param name="Node">The node's id.</param>
/// <param name="Output">Which of its outputs.</param>
public sealed record NodeOutput(string Node, int Output = 0);

/// <summary>A source in the graph.</summary>
public sealed record SourceNode(string Id, string Type, Source Source, Location Location)
{
    /// <summary>Id of the stage at whose input its rows enter, which it then takes its schema from; null for a source of the pipeline file.</summary>
    public string? EntersAt { get; init; }
}

/// <summary>A stage in the graph.</summary>
public sealed record StageNode(string Id, string Type, Stage Stage, IReadOnlyList<NodeOutput> Inputs, Location Location);

/// <summary>A sink in the graph.</summary>
public sealed record SinkNode(string Id, string Type, Sink Sink, NodeOutput Input, Location Location);

/// <summary>When a pipeline runs.</summary>
public enum TriggerKind
{
    /// <summary>Once, over what is there.</summary>
    Once,
    /// <summary>Again after every interval.</summary>
    Every,
    /// <summary>All the time.</summary>
    Continuous,
    /// <summary>At the times of a cron expression.</summary>
    Cron,
}

/// <summary>When a pipeline runs: the kind with its interval or cron expression.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Interval">Time between the starts of two looks (<see cref="TriggerKind.Every"/>).</param>
/// <param name="Cron">Five fields: minute, hour, day of month, month, day of week; or six with seconds before them.</param>
/// <param name="TimeZone">IANA time zone of the cron expression; null for UTC.</param>
public sealed record Trigger(TriggerKind Kind, TimeSpan Interval = default, string? Cron = null, string? TimeZone = null)
{
    /// <summary>Whether the pipeline looks again for input until it is stopped.</summary>
    public bool Repeats => Kind != TriggerKind.Once;

    /// <summary>Once, over what is there.</summary>
    public static Trigger Once { get; } = new(TriggerKind.Once);
}

/// <summary>A test inside a pipeline file: input rows through all stages give output rows.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Input">Input rows as JSON objects, in the source's columns; missing columns are null.</param>
/// <param name="Output">Expected rows as JSON objects; only the members named are compared.</param>
/// <param name="Quarantined">How many rows must go to quarantine; null does not check.</param>
/// <param name="Sink">Id of the sink whose rows are compared; null for the only one.</param>
/// <param name="Location">Where it stands.</param>
public sealed record PipelineTest(string Name, IReadOnlyList<string> Input, IReadOnlyList<string> Output, int? Quarantined, string? Sink, Location Location)
{
    /// <summary>Id of the source whose rows <see cref="Input"/> stands for; null for the first one. Other sources give no rows.</summary>
    public string? Source { get; init; }

    /// <summary>Where each column of <see cref="Input"/> is named first.</summary>
    public IReadOnlyList<KeyValuePair<string, Location>> InputPlaces { get; init; } = [];

    /// <summary>Where each column of <see cref="Output"/> is named first.</summary>
    public IReadOnlyList<KeyValuePair<string, Location>> OutputPlaces { get; init; } = [];

    /// <summary>Whether <see cref="Output"/> is compared; a test may look only at what goes to quarantine.</summary>
    public bool ChecksOutput { get; init; } = true;
}
