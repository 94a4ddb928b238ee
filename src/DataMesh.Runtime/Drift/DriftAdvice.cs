using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;

namespace DataMesh.Runtime.Drift;

/// <summary>What an event means and what can be done about it, in words.</summary>
public static class DriftAdvice
{
    /// <summary>What happened, in a sentence without its end.</summary>
    public static string Sentence(DriftEvent drift) => drift.Kind switch
    {
        DriftKind.ColumnAdded => $"The new column '{drift.Column}' appeared",
        DriftKind.ColumnRemoved => $"The column '{drift.Column}' is gone",
        DriftKind.ColumnsReordered => "The columns stand in another order",
        DriftKind.ColumnRenamed => $"The column '{drift.Before}' is gone, and '{drift.After}' looks like it under a new name",
        DriftKind.TypeChanged => $"The column '{drift.Column}' changed from {drift.Before} to {drift.After}",
        DriftKind.ShapeChanged => $"The column '{drift.Column}' changed its shape from {drift.Before} to {drift.After}",
        _ => $"The column '{drift.Column}' has its first value missing",
    };

    /// <summary>What was done with the records.</summary>
    public static string Done(DriftEvent drift) => (drift.Kind, drift.Decision) switch
    {
        (_, DriftAction.Fail) => "the run was stopped",
        (DriftKind.ColumnAdded, DriftAction.Evolve) => "the table has the column; rows from before have no value in it",
        (DriftKind.ColumnAdded, DriftAction.Ignore) => "the column is left out",
        (DriftKind.ColumnAdded, _) => "records with a value in it are in quarantine (structural_drift)",
        (DriftKind.ColumnRemoved, DriftAction.Quarantine) or (DriftKind.ColumnsReordered, DriftAction.Quarantine) => "the records of such files are in quarantine (structural_drift)",
        (DriftKind.ColumnRemoved, _) => "rows have no value in it from here on",
        (DriftKind.ColumnsReordered, _) => "columns are matched by name: nothing changes for the table",
        (DriftKind.ColumnRenamed, DriftAction.Evolve) => "treated as one column gone and another one new: both are in the table, no value was moved",
        (DriftKind.ColumnRenamed, DriftAction.Ignore) => "the new column is left out, the old one has no values from here on",
        (DriftKind.ColumnRenamed, _) => "records with a value in the new column are in quarantine (structural_drift)",
        (_, DriftAction.NewColumn) => $"values that do not fit are in '{drift.Column}__string'",
        (_, DriftAction.Rewrite) => "the table's files were written again with a type that holds both",
        (DriftKind.TypeChanged, DriftAction.Ignore) => "values that do not fit are left out",
        (DriftKind.ShapeChanged, DriftAction.Quarantine) when drift.Before == "string" => "records that show it are in quarantine (structural_drift)",
        (DriftKind.TypeChanged or DriftKind.ShapeChanged, DriftAction.Quarantine) => "records whose value does not fit are in quarantine (misfit)",
        (DriftKind.TypeChanged, _) => "the column's type holds both",
        (DriftKind.ShapeChanged, DriftAction.Ignore) => "what does not fit is left out",
        (DriftKind.ShapeChanged, _) => "the new columns are in the table; what does not fit the old one is in quarantine (misfit)",
        (DriftKind.NullabilityChanged, DriftAction.Quarantine) => "records without a value in it are in quarantine (structural_drift)",
        _ => "the rows are in the table, with nulls",
    };

    /// <summary>What to write into the pipeline file, or null when there is nothing to do.</summary>
    public static string? Next(DriftEvent drift) => (drift.Kind, drift.Decision) switch
    {
        (DriftKind.ColumnRenamed, _) =>
            $"if it is the same column, bring both names together as the first stages: '- derive: {{ {Quoted(drift.Before!)}: \"coalesce({Name(drift.Before!)}, {Name(drift.After!)})\" }}' and '- drop: [ {Quoted(drift.After!)} ]'; where every file has the new name, '- rename: {{ {Quoted(drift.After!)}: {Quoted(drift.Before!)} }}'",
        (DriftKind.TypeChanged, DriftAction.Quarantine) =>
            $"a table's types do not change by themselves. Declare the column's type in the source ('types: {{ {Quoted(drift.Column!)}: {drift.After} }}') and make its values fit in a stage, then bring the records home with 'datamesh quarantine replay'; or say 'drift: {{ columns: {{ {Quoted(drift.Column!)}: {{ type_changed: new_column }} }} }}'; or 'type_changed: rewrite' to have the table's files written again with a type that holds both; or let --rebuild make the table anew",
        (_, DriftAction.Fail) => drift.Column is null ? $"allow it with 'drift: {{ overrides: {{ {Word(drift)}: evolve }} }}'" : $"allow it with 'drift: {{ columns: {{ {Quoted(drift.Column)}: {{ {Word(drift)}: evolve }} }} }}'",
        _ => null,
    };

    /// <summary>The kind as pipeline files write it.</summary>
    public static string Word(DriftEvent drift) => Naming.SnakeCase(drift.Kind.ToString());

    private static string Quoted(string name) => name.All(c => char.IsLetterOrDigit(c) || c == '_') ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Name(string name) => name.All(c => char.IsLetterOrDigit(c) || c is '_' or '.') ? name : $"`{name}`";
}
