namespace DataMesh.Runtime.Quarantine;

/// <summary>Which records are meant; what is null does not matter.</summary>
public sealed record QuarantineFilter
{
    /// <summary>One of the reasons.</summary>
    public string? Reason { get; init; }

    /// <summary>Id of the source or stage that set them aside.</summary>
    public string? Stage { get; init; }

    /// <summary>The rule that failed.</summary>
    public string? Rule { get; init; }

    /// <summary>The column that failed: by the rule's name, or named in the detail.</summary>
    public string? Column { get; init; }

    /// <summary>Set aside at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Set aside before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What became of them; null for all.</summary>
    public RecordState? State { get; init; } = RecordState.Waiting;

    /// <summary>Whether a record is meant.</summary>
    public bool Matches(QuarantinedRecord record) =>
        (State is null || record.State == State)
        && (Reason is null || record.Reason == Reason)
        && (Stage is null || record.Stage == Stage)
        && (Rule is null || record.Rule == Rule)
        && (Column is null || NamesColumn(record, Column))
        && (Since is null || record.At >= Since)
        && (Until is null || record.At < Until);

    private static bool NamesColumn(QuarantinedRecord record, string column) =>
        string.Equals(record.Rule, column, StringComparison.OrdinalIgnoreCase)
        || record.Detail?.Contains($"'{column}'", StringComparison.OrdinalIgnoreCase) == true
        || record.Rule?.StartsWith(column + " ", StringComparison.OrdinalIgnoreCase) == true;
}
