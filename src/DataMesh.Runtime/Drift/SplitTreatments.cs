using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Flow;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Drift;

/// <summary>Makes the plan of a split's decoder and what happens to its rows, from the source's rules and what changed in the split.</summary>
internal static class SplitTreatments
{
    /// <summary>The plan that the decoder gets: the graph's, with the columns that are only judged.</summary>
    public static DecodePlan Plan(DecodePlan graph, SourceRules rules, SplitView view)
    {
        var fields = graph.Schema.Select(field => IsLoose(field, rules, view) ? field with { Type = DataType.String } : field).ToList();
        var known = fields.Count;
        fields.AddRange(rules.Guards);
        var columns = graph.Columns;
        if (columns is not null)
        {
            var judged = Enumerable.Range(0, known).Where(i => rules.NotNull.Contains(fields[i].Name));
            columns = [.. columns.Union(judged).Union(Enumerable.Range(known, fields.Count - known)).Order()];
        }

        return new DecodePlan(new Schema(fields), graph.Widening || rules.Rewrites, columns)
        {
            Fixed = rules.Fixed(view.IsFirst),
            Takes = column => rules.Takes(column, view.IsFirst, view.Before, view.Now),
        };
    }

    /// <summary>The plan for a split of which nothing is known before it is read. Records of quarantine may ask for wider types, too.</summary>
    public static DecodePlan PlanWithoutLook(DecodePlan graph, SourceRules rules, bool entersAtStage) =>
        entersAtStage || !rules.Rewrites ? graph : graph with { Widening = true, Fixed = rules.Fixed(false), Takes = _ => false };

    /// <summary>What happens to the rows; null when nothing does.</summary>
    public static SplitTreatment? Of(DecodePlan graph, DecodePlan decoded, SourceRules rules, SplitView view, IReadOnlyList<DriftChange> changes, DriftPolicy policy)
    {
        var batch = decoded.Output;
        var treatment = new SplitTreatment
        {
            Output = graph.Output,
            Picked = batch.Count == graph.Output.Count ? null : [.. graph.Output.Select(field => batch.IndexOf(field.Name))],
            Diversion = view.IsFirst ? null : DriftDetector.Diverts(view.Now, policy, column => graph.Schema.IndexOf(column) >= 0),
            Guards = Judged(batch, rules.Guards.Select(field => field.Name)),
            NotNull = view.IsFirst ? [] : Judged(batch, rules.NotNull),
            NotNested = Judged(batch, changes.Where(each => each is { Kind: DriftKind.ShapeChanged, Decision: DriftAction.Quarantine, Added.Count: 0 }).Select(each => each.Column!))
                .Where(column => batch[column.Index].Type.Kind == TypeKind.String).ToList(),
            Loose = LooseColumns(graph, batch, rules, view),
            Watched = Judged(batch, view.Now.Present.Where(column => !column.HasNulls && graph.Schema.IndexOf(column.Name) >= 0 && view.Look.Shape.Find(column.Name) is not null).Select(column => column.Name)),
        };
        return IsNeeded(treatment) ? treatment : null;
    }

    /// <summary>The columns of which only the end of the split tells whether they are there; null when there are none.</summary>
    public static SoughtColumns? Sought(DecodePlan decoded, SplitView view)
    {
        if (view.Look.IsComplete || view.Before is not { } before) return null;
        var columns = Judged(decoded.Output, before.Present.Where(column => column.Type.Kind != TypeKind.Null && view.Look.MayCome(column)).Select(column => column.Name));
        return columns.Count == 0 ? null : new SoughtColumns(columns);
    }

    private static bool IsNeeded(SplitTreatment treatment) =>
        treatment.NeedsOrigin || treatment.Picked is not null || treatment.Loose.Count > 0 || treatment.Watched.Count > 0;

    private static List<JudgedColumn> Judged(Schema batch, IEnumerable<string> names) =>
        [.. names.Select(name => new JudgedColumn(batch.IndexOf(name), name)).Where(column => column.Index >= 0)];

    /// <summary>Whether a split gives a column as text. Bytes are not told from text by their values, but by the type that the file states.</summary>
    private static bool IsLoose(Field field, SourceRules rules, SplitView view) => rules.Loose.Contains(field.Name)
        && (field.Type.Kind != TypeKind.Binary || view.Look.Shape.Find(field.Name) is { Type.Kind: not (TypeKind.Binary or TypeKind.Null) });

    private static List<LooseColumn> LooseColumns(DecodePlan graph, Schema batch, SourceRules rules, SplitView view)
    {
        var columns = new List<LooseColumn>();
        foreach (var name in rules.Loose)
        {
            if (batch.IndexOf(name) is var at and >= 0 && graph.Schema.TryGet(name, out var field) && IsLoose(field, rules, view))
                columns.Add(new LooseColumn(at, field.Name, field.Type, batch.IndexOf(SourceRules.OverflowOf(field.Name))));
        }

        return columns;
    }
}
