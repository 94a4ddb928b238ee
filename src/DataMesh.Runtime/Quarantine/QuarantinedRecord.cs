namespace DataMesh.Runtime.Quarantine;

/// <summary>What became of a record that was set aside.</summary>
public enum RecordState
{
    /// <summary>Nobody has decided about it yet.</summary>
    Waiting,
    /// <summary>It went through the pipeline again.</summary>
    Replayed,
    /// <summary>It was given up.</summary>
    Discarded,
}

/// <summary>A record in quarantine.</summary>
/// <param name="Part">File name of its part.</param>
/// <param name="Row">Its row there.</param>
/// <param name="State">What became of it.</param>
/// <param name="Record">Original bytes; where it is no source record, its values as JSON.</param>
/// <param name="IsWhole">Whether all of it was kept.</param>
/// <param name="Reason">Why, one of <see cref="Core.Components.QuarantineReasons"/>.</param>
/// <param name="Rule">Rule, column or expression that failed.</param>
/// <param name="Detail">What was wrong.</param>
/// <param name="Stage">Id of the source or stage that set it aside.</param>
/// <param name="Source">The file.</param>
/// <param name="Position">Its position there.</param>
/// <param name="Line">Its line there, from 1.</param>
/// <param name="PipelineVersion">Hash of the pipeline file.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="At">When.</param>
public sealed record QuarantinedRecord(
    string Part, long Row, RecordState State, byte[] Record, bool IsWhole, string Reason, string? Rule, string? Detail, string Stage, string? Source,
    long? Position, long? Line, string PipelineVersion, long Epoch, DateTimeOffset At)
{
    /// <summary>How it comes back: <c>source</c> or <c>row</c>; null in parts that were written before this was kept.</summary>
    public string? Form { get; init; }

    /// <summary>Its values as JSON at the input of the stage, where it comes back as a row and <see cref="Record"/> is the original.</summary>
    public string? Values { get; init; }

    /// <summary>How its bytes are decoded, as JSON.</summary>
    public string? Format { get; init; }

    /// <summary>Id of the source it came from.</summary>
    public string? SourceId { get; init; }

    /// <summary>Where it stood, for people: <c>file:line</c>, or the file with the position.</summary>
    public string? Where => Source is null ? null : Line is { } line ? $"{Source}:{line}" : Position is { } position ? $"{Source} @ {position}" : Source;
}
