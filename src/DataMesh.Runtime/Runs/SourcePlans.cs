using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Flow;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// The schema that each source is decoded with. Before a table's first commit it is a prediction that may widen; afterwards the types are pinned,
/// and only new columns join.
/// </summary>
public sealed class SourcePlans
{
    private readonly List<Schema> _schemas = [];
    private bool _widening;

    /// <summary>The plans for the decoders.</summary>
    public IReadOnlyList<DecodePlan> Plans => [.. _schemas.Select(schema => new DecodePlan(schema, _widening))];

    /// <summary>The schemas by source.</summary>
    public IReadOnlyList<Schema> Schemas => _schemas;

    /// <summary>Looks at the sources and joins what it sees with what earlier epochs pinned.</summary>
    public static async Task<SourcePlans> DescribeAsync(PipelineRun run, CancellationToken cancellation)
    {
        var plans = new SourcePlans { _widening = run.IsCreating || run.Recovered.Position is null };
        foreach (var node in run.Definition.Sources)
        {
            var seen = (await node.Source.DescribeAsync(run.Context, cancellation)).Schema;
            plans._schemas.Add(run.Recovered.SourceSchemas.TryGetValue(node.Id, out var pinned) ? Pin(pinned, seen) : seen);
        }

        return plans;
    }

    /// <summary>Whether the widenings only bring columns that were not there, or held nothing but nulls.</summary>
    public bool OnlyAdds(IReadOnlyList<Widening> widenings) => widenings.All(widening =>
        !_schemas[widening.Source].TryGet(widening.Column, out var known) || known.Type.Kind == TypeKind.Null);

    /// <summary>Takes the wider types in; says what changed, for people.</summary>
    public IReadOnlyList<string> Widen(IReadOnlyList<Widening> widenings)
    {
        var told = new List<string>();
        foreach (var bySource in widenings.GroupBy(widening => widening.Source))
        {
            var fields = _schemas[bySource.Key].ToList();
            foreach (var widening in bySource)
            {
                var at = fields.FindIndex(each => each.Name.Equals(widening.Column, StringComparison.OrdinalIgnoreCase));
                if (at < 0)
                {
                    fields.Add(new Field(widening.Column, widening.Type));
                    told.Add($"New column '{widening.Column}' ({widening.Type}) first seen in {widening.Where}: starting again with it.");
                    continue;
                }

                var wider = TypeLattice.Join(fields[at].Type, widening.Type);
                if (wider == fields[at].Type) continue;
                told.Add($"Column '{fields[at].Name}' is {wider}, not {fields[at].Type}, as {widening.Where} shows: starting again with it.");
                fields[at] = fields[at] with { Type = wider };
            }

            _schemas[bySource.Key] = new Schema(fields);
        }

        return told;
    }

    private static Schema Pin(Schema pinned, Schema seen) => new(
    [
        .. pinned.Select(known => known.Type.Kind == TypeKind.Null && seen.TryGet(known.Name, out var now) ? known with { Type = now.Type } : known),
        .. seen.Where(each => pinned.IndexOf(each.Name) < 0),
    ]);
}
