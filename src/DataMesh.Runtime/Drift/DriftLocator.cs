using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.DataPlane.Flow;

namespace DataMesh.Runtime.Drift;

/// <summary>
/// Finds the first record that shows a change, and its line, by reading the split once more from where the change is known to begin. Only for changes,
/// which are few; it gives up after some blocks.
/// </summary>
internal static class DriftLocator
{
    private const int BlocksMax = 16;

    /// <summary>The event of an entry.</summary>
    public static async ValueTask<DriftEvent> ToEventAsync(DriftEntry entry, PipelineRunSource run, CancellationToken cancellation)
    {
        var (view, change) = (entry.View, entry.Change);
        if (entry.Position is null && entry.Sought is { } sought) await SeekAsync(entry, sought, run, cancellation);
        var position = entry.Position ?? (view.Look.HeaderAt >= 0 && !entry.IsValue ? view.Look.HeaderAt : Math.Max(entry.From, view.Split.Start));
        var place = await run.Source.PlaceAsync(view.Split, position, run.Context, cancellation);
        return new DriftEvent(
            change.Kind, run.Id, change.Column, change.Before, change.After, view.Split.Name, place.Line, position, entry.Shown ?? place.Text, change.Decision, entry.At);
    }

    private static async ValueTask SeekAsync(DriftEntry entry, FindingKind sought, PipelineRunSource run, CancellationToken cancellation)
    {
        var column = entry.SoughtColumn;
        Field expected = sought switch
        {
            FindingKind.Misfit => new Field(column, entry.Expected.Kind == TypeKind.Null ? DataType.String : entry.Expected),
            FindingKind.Null => new Field(column, DataType.String),
            _ => new Field("\u0001none", DataType.String),
        };
        var plan = new DecodePlan(new Schema([expected]), Widening: false) { Takes = _ => false };
        await using var reader = await run.Source.OpenAsync(entry.View.Split, Math.Max(entry.From, entry.View.Split.Start), plan, run.Context, cancellation);
        var decoder = reader.CreateDecoder();
        for (var i = 0; i < BlocksMax && entry.Position is null; i++)
        {
            using var block = await reader.ReadAsync(cancellation);
            if (block is null) return;
            decoder.Decode(block, new Seeker(entry, sought, column));
        }
    }

    /// <summary>Keeps the first record that shows what is sought.</summary>
    private sealed class Seeker(DriftEntry entry, FindingKind sought, string column) : DecodeOutput
    {
        public override bool NeedsOrigin => true;

        public override void Emit(RecordBatch batch)
        {
            using (batch)
            {
                if (entry.Position is not null || sought == FindingKind.Unknown || batch.Origin is not { } origin) return;
                for (var row = 0; row < batch.Length; row++)
                {
                    if (!Shows(batch[0], row)) continue;
                    Found(origin.Block.RecordPosition(origin.RecordOf(row)), sought == FindingKind.Misfit ? ValueText.Format(batch[0], row) : null);
                    return;
                }
            }
        }

        public override void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail)
        {
        }

        public override void Misfit(ReadOnlySpan<byte> record, long position, in MisfitValue value, string detail)
        {
            if (sought == FindingKind.Misfit && value.Column.Equals(column, StringComparison.OrdinalIgnoreCase)) Found(position, value.Shown);
        }

        public override void Widen(string name, DataType type)
        {
        }

        public override void UnknownColumn(string name, DataType type, long count, long firstPosition)
        {
            if (sought == FindingKind.Unknown && name.Equals(column, StringComparison.OrdinalIgnoreCase)) Found(firstPosition, null);
        }

        /// <summary>A null, or an object or array in text.</summary>
        private bool Shows(Column values, int row) => sought == FindingKind.Null
            ? values.IsNull(row)
            : !values.IsNull(row) && values is VarColumn texts && texts[row] is [(byte)'{' or (byte)'[', ..];

        private void Found(long position, string? shown)
        {
            if (entry.Position is not null && entry.Position <= position) return;
            (entry.Position, entry.Shown) = (position, shown);
        }
    }
}

/// <summary>A source with what is needed to read it.</summary>
internal sealed record PipelineRunSource(string Id, Source Source, ComponentContext Context);
