using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Flow;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Drift;

/// <summary>What a change means for a table that may or may not take it: turns the policy's word into what is really done.</summary>
internal static class DriftDecisions
{
    /// <summary>Settles the decision about a change that the head of a split shows.</summary>
    public static DriftChange Decide(DriftChange change, DecodePlan plan, SourceRules rules, SplitView view)
    {
        var decision = change.Decision;
        if (change.Kind is DriftKind.ColumnAdded or DriftKind.ColumnRenamed && change.Added.All(name => plan.Schema.IndexOf(name) >= 0))
        {
            // A column that comes back is not new to the table: there is nothing to leave out.
            return decision is DriftAction.Ignore or DriftAction.Quarantine ? change with { Decision = DriftAction.Evolve } : change;
        }

        // What was never taken in is not missed: the rows are as the table knows them.
        if (change.Kind == DriftKind.ColumnRemoved && plan.Schema.IndexOf(change.Column!) < 0) return change with { Decision = DriftAction.Ignore };
        if (change.Kind == DriftKind.TypeChanged) return change with { Decision = OnType(decision, change.Column!, view.Look.Shape.Find(change.Column!)!.Type, plan, rules) };
        if (change.Kind != DriftKind.ShapeChanged || change.Added.Count > 0) return change;
        var isText = plan.Schema.TryGet(change.Column!, out var field) && field.Type.Kind is TypeKind.String or TypeKind.Json;
        if (decision == DriftAction.Ignore && rules.LeavesOutObjects(change.Column!)) return change;
        return decision switch
        {
            DriftAction.Evolve or DriftAction.Ignore when !isText && !plan.Widening => change with { Decision = DriftAction.Quarantine },
            DriftAction.Ignore => change with { Decision = DriftAction.Evolve },
            _ => change,
        };
    }

    /// <summary>The change behind a finding; null when it is no drift, or was told by the head of the split.</summary>
    public static DriftEntry? Judge(Finding finding, SplitView view, DriftPolicy policy, DateTimeOffset at)
    {
        if (view.IsFirst) return null;
        switch (finding.Kind)
        {
            case FindingKind.Null:
                if (view.Before?.Find(finding.Column) is not { HasNulls: false, NullsAreSetAside: false }) return null;
                var action = policy.ActionOn(DriftKind.NullabilityChanged, finding.Column);
                return Value(view, new DriftChange(DriftKind.NullabilityChanged, finding.Column, "no nulls", "nulls", action), at, finding.Position, FindingKind.Null) with { From = finding.BlockAt };
            case FindingKind.Unknown:
                return New(finding.Column, finding.Found, view, policy, at) is { } entry ? entry with { Position = finding.Position, From = finding.BlockAt } : null;
            default:
                return OfType(finding.Column, finding.Found, view, policy, at, canWiden: false, isCreating: false) is { } misfit
                    ? misfit with { Position = finding.Position, From = finding.BlockAt, Shown = finding.Shown }
                    : null;
        }
    }

    /// <summary>The change behind what makes an epoch start again; null when it is no drift, or was told by the head of the split.</summary>
    public static DriftEntry? Judge(Widening widening, SplitView view, Schema schema, SourceRules rules, DriftPolicy policy, DateTimeOffset at)
    {
        var from = widening.At!.Position;
        if (widening.Because == FindingKind.Null) return null;
        if (schema.IndexOf(widening.Column) < 0) return New(widening.Column, widening.Type, view, policy, at) is { } added ? added with { From = from } : null;
        if (schema[schema.IndexOf(widening.Column)].Type.Kind == TypeKind.Null) return null;
        var canWiden = widening.Because is null && (rules.Plan.Widening || rules.MayRewrite(widening.Column));
        return OfType(widening.Column, widening.Type, view, policy, at, canWiden, rules.Plan.Widening) is { } entry ? entry with { From = from } : null;
    }

    private static DriftEntry? New(string column, DataType type, SplitView view, DriftPolicy policy, DateTimeOffset at)
    {
        if (view.Now.Find(column) is not null) return null;
        var came = DriftDetector.Came(column, type, view.Now);
        var change = new DriftChange(
            came.Came!.Value, came.From ?? column, came.From is null ? null : view.Now.Find(came.From)?.Type.ToString(),
            came.From is null ? type.ToString() : $"object with {column[(came.From.Length + 1)..]}", DriftDetector.ActionOnNew(came, policy))
        {
            Added = [column],
        };
        return Value(view, change, at, null, FindingKind.Unknown) with { Found = type };
    }

    private static DriftEntry? OfType(string column, DataType found, SplitView view, DriftPolicy policy, DateTimeOffset at, bool canWiden, bool isCreating)
    {
        var was = view.Before?.Find(column) ?? view.Now.Find(column);
        if (was is null || !DriftDetector.IsChange(was, found)) return null;
        var kind = DriftDetector.KindOf(was.Type, found);
        var action = policy.ActionOn(kind, column);
        if (kind == DriftKind.ShapeChanged && action == DriftAction.Ignore && !(SourceRules.CanLoosen(was.Type) && SourceRules.IgnoresAnyType(policy, column))) action = DriftAction.Quarantine;
        if (action is DriftAction.Evolve or DriftAction.Rewrite && (!canWiden || (kind == DriftKind.ShapeChanged && !isCreating))) action = DriftAction.Quarantine;
        if (action == DriftAction.Rewrite && isCreating) action = DriftAction.Evolve;
        var change = new DriftChange(kind, column, was.Type.ToString(), found.ToString(), action);
        return Value(view, change, at, null, FindingKind.Misfit) with { Expected = was.Type, Found = found };
    }

    /// <summary>Types in a table do not change: what no longer fits is set aside, unless the policy has another place for it.</summary>
    private static DriftAction OnType(DriftAction action, string column, DataType now, DecodePlan plan, SourceRules rules)
    {
        var fits = !plan.Schema.TryGet(column, out var field) || TypeLattice.Join(field.Type, now) == field.Type;
        return action switch
        {
            DriftAction.Evolve when !plan.Widening && !fits => DriftAction.Quarantine,
            DriftAction.Quarantine or DriftAction.Ignore or DriftAction.NewColumn or DriftAction.Rewrite when fits => DriftAction.Evolve,
            DriftAction.Rewrite => plan.Widening ? DriftAction.Evolve : rules.MayRewrite(column) ? DriftAction.Rewrite : DriftAction.Quarantine,
            DriftAction.Ignore or DriftAction.NewColumn when !rules.CanLoosen(column) => DriftAction.Quarantine,
            _ => action,
        };
    }

    private static DriftEntry Value(SplitView view, DriftChange change, DateTimeOffset at, long? position, FindingKind sought) =>
        new(view, true, change, at) { Position = position, Sought = sought };
}
