using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Pipelines;

/// <summary>What to do about a change of structure. Persisted by name: never rename one.</summary>
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
    /// <summary>Only for values of another type: put them into a column of their own, named after the column and <c>__string</c>.</summary>
    NewColumn,
    /// <summary>Only for values of another type: the table's files are written again with a type that holds both.</summary>
    Rewrite,
}

/// <summary>What happens when a source changes its structure: the <c>drift:</c> part of a pipeline file.</summary>
public sealed class DriftPolicy
{
    /// <summary>Where it stands in the pipeline file.</summary>
    public Location? Location { get; set; }

    /// <summary>For every change of structure that has no rule of its own.</summary>
    [Option("What happens on a change of structure that has no override.", Shorthand = true)]
    public DriftAction Structural { get; init; } = DriftAction.Evolve;

    /// <summary>Rules for single kinds of change.</summary>
    [Option("Actions for single kinds of change.")]
    public DriftOverrides Overrides { get; init; } = new();

    /// <summary>Rules for single columns.</summary>
    [Option("Actions for single columns of a source, by the column's name: one action, or a mapping of kinds of change.")]
    public OrderedMap<ColumnDrift> Columns { get; init; } = [];

    /// <summary>
    /// What to do about a change. The column's rule for the kind comes first, then the column's rule for every kind, the kind's override, and
    /// <see cref="Structural"/>. A column that looks renamed is gone under its old name and new under the other one: where no rule speaks of renaming, the
    /// strictest of the rules for these three holds.
    /// </summary>
    /// <param name="kind">The kind of change.</param>
    /// <param name="column">The column; of a renamed one the old name.</param>
    /// <param name="renamedTo">The new name of a column that looks renamed.</param>
    public DriftAction ActionOn(DriftKind kind, string? column, string? renamedTo = null)
    {
        if (Explicit(kind, column) is { } given) return given;
        if (kind != DriftKind.ColumnRenamed) return Structural;
        if (renamedTo is not null && Explicit(kind, renamedTo) is { } ofNew) return ofNew;
        var gone = ActionOn(DriftKind.ColumnRemoved, column);
        var come = ActionOn(DriftKind.ColumnAdded, renamedTo);
        return Strictness(gone) >= Strictness(come) ? gone : come;
    }

    /// <summary>Whether every change is taken into the dataset's schema: what happens to a split does not depend on those before it then.</summary>
    public bool TakesEverything =>
        Structural == DriftAction.Evolve && !Overrides.HasOther && Columns.TrueForAll(each => each.Value.Structural is null or DriftAction.Evolve && !each.Value.HasOther);

    private DriftAction? Explicit(DriftKind kind, string? column)
    {
        if (column is not null && Columns.Find(each => each.Key.Equals(column, StringComparison.OrdinalIgnoreCase))?.Value is { } rules)
        {
            if ((rules.Of(kind) ?? rules.Structural) is { } own) return own;
        }

        return Overrides.Of(kind);
    }

    private static int Strictness(DriftAction action) => action switch
    {
        DriftAction.Fail => 3,
        DriftAction.Quarantine => 2,
        DriftAction.Ignore => 1,
        _ => 0,
    };

    /// <summary>Reports actions that a kind of change can not have.</summary>
    internal void Check(PipelineProblems problems)
    {
        RefuseTypeAction(Structural, "structural", Location, problems);
        foreach (var kind in Overrides.Misplaced()) RefuseTypeAction(Overrides.Of(kind), $"overrides.{kind}", Overrides.Location, problems);
        foreach (var entry in Columns)
        {
            RefuseTypeAction(entry.Value.Structural, $"columns.{entry.Key}", entry.Location, problems);
            foreach (var kind in entry.Value.Misplaced()) RefuseTypeAction(entry.Value.Of(kind), $"columns.{entry.Key}.{kind}", entry.Value.Location, problems);
        }
    }

    private static void RefuseTypeAction(DriftAction? action, string where, Location? location, PipelineProblems problems)
    {
        if (action == DriftAction.NewColumn)
        {
            problems.Error(
                $"'drift.{where}' can not be new_column.", location, "Only values that changed their type have something to put into a column of their own.",
                "write type_changed: new_column, or another action: evolve, quarantine, ignore, fail");
        }
        else if (action == DriftAction.Rewrite)
        {
            problems.Error(
                $"'drift.{where}' can not be rewrite.", location, "Only values that changed their type ask for a column of another type.",
                "write type_changed: rewrite, or another action: evolve, quarantine, ignore, fail");
        }
    }
}

/// <summary>Rules for single kinds of structural change; null follows the rule around it.</summary>
public class DriftOverrides
{
    private static readonly DriftKind[] Kinds = Enum.GetValues<DriftKind>();

    /// <summary>Where they stand in the pipeline file.</summary>
    public Location? Location { get; set; }

    /// <summary>A column that was not there before.</summary>
    [Option("A column that was not there before.")]
    public DriftAction? ColumnAdded { get; init; }

    /// <summary>A column that is no longer there.</summary>
    [Option("A column that is no longer there.")]
    public DriftAction? ColumnRemoved { get; init; }

    /// <summary>The same columns in another order.</summary>
    [Option("The same columns in another order.")]
    public DriftAction? ColumnsReordered { get; init; }

    /// <summary>A column that went while another came that looks like it.</summary>
    [Option("A column that went while another came that looks like it.")]
    public DriftAction? ColumnRenamed { get; init; }

    /// <summary>A column whose values no longer fit their type.</summary>
    [Option("A column whose values no longer fit their type; `new_column` puts such values into `NAME__string`, `rewrite` writes the table's files again with a type that holds both.")]
    public DriftAction? TypeChanged { get; init; }

    /// <summary>A value that became an object or an array, or the other way round.</summary>
    [Option("A value that became an object or an array, or the other way round.")]
    public DriftAction? ShapeChanged { get; init; }

    /// <summary>Nulls in a column that had none.</summary>
    [Option("Nulls in a column that had none.")]
    public DriftAction? NullabilityChanged { get; init; }

    /// <summary>The rule for a kind of change.</summary>
    public DriftAction? Of(DriftKind kind) => kind switch
    {
        DriftKind.ColumnAdded => ColumnAdded,
        DriftKind.ColumnRemoved => ColumnRemoved,
        DriftKind.ColumnsReordered => ColumnsReordered,
        DriftKind.ColumnRenamed => ColumnRenamed,
        DriftKind.TypeChanged => TypeChanged,
        DriftKind.ShapeChanged => ShapeChanged,
        _ => NullabilityChanged,
    };

    internal bool HasOther
    {
        get
        {
            foreach (var kind in Kinds)
                if (Of(kind) is not (null or DriftAction.Evolve or DriftAction.Rewrite)) return true;
            return false;
        }
    }

    /// <summary>The kinds with a rule that only changes of type can have.</summary>
    internal IReadOnlyList<string> Misplaced()
    {
        var kinds = new List<string>();
        foreach (var kind in Kinds)
            if (kind != DriftKind.TypeChanged && Of(kind) is DriftAction.NewColumn or DriftAction.Rewrite) kinds.Add(Naming.SnakeCase(kind.ToString()));
        return kinds;
    }

    /// <summary>The rule for a kind by the name that pipeline files use.</summary>
    internal DriftAction? Of(string word)
    {
        foreach (var kind in Kinds)
            if (Naming.SnakeCase(kind.ToString()) == word) return Of(kind);
        return null;
    }
}

/// <summary>Rules for one column.</summary>
public sealed class ColumnDrift : DriftOverrides
{
    /// <summary>For every change of the column that has no rule of its own.</summary>
    [Option("For every change of this column that has no rule of its own.", Shorthand = true)]
    public DriftAction? Structural { get; init; }
}
