using DataMesh.Core.Components;

namespace DataMesh.Core.Pipelines;

/// <summary>What to do about a change of structure.</summary>
public enum DriftAction
{
    /// <summary>Take the change into the dataset's schema.</summary>
    Evolve,
    /// <summary>Set the records aside that show it.</summary>
    Quarantine,
    /// <summary>Leave what is new out and go on.</summary>
    Ignore,
    /// <summary>Stop the pipeline.</summary>
    Fail,
}

/// <summary>What happens when a source changes its structure: the <c>drift:</c> part of a pipeline file.</summary>
public sealed class DriftPolicy
{
    /// <summary>For every change of structure that has no rule of its own.</summary>
    [Option("What happens on a change of structure that has no override.", Shorthand = true)]
    public DriftAction Structural { get; init; } = DriftAction.Evolve;

    /// <summary>Rules for single kinds of change.</summary>
    [Option("Actions for single kinds of change.")]
    public DriftOverrides Overrides { get; init; } = new();
}

/// <summary>Rules for single kinds of structural change; null follows <see cref="DriftPolicy.Structural"/>.</summary>
public sealed class DriftOverrides
{
    /// <summary>A column that was not there before.</summary>
    [Option("A column that was not there before.")]
    public DriftAction? ColumnAdded { get; init; }

    /// <summary>A column that is no longer there.</summary>
    [Option("A column that is no longer there.")]
    public DriftAction? ColumnRemoved { get; init; }

    /// <summary>A column whose values no longer fit their type.</summary>
    [Option("A column whose values no longer fit their type.")]
    public DriftAction? TypeChanged { get; init; }

    /// <summary>Nulls in a column that had none.</summary>
    [Option("Nulls in a column that had none.")]
    public DriftAction? NullabilityChanged { get; init; }
}
