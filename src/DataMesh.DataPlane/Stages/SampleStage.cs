using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Keeps a fraction of the rows, always the same ones.</summary>
[Component("sample", ComponentKind.Stage, "Keeps a fraction of the rows, always the same ones.",
    Details = "A row is kept or left out by a hash of where its record stands (file and position), or with `by` by a hash of the values of columns: then all rows "
        + "with the same values stay or go together. Chance plays no part, so a run that was interrupted keeps the same rows as one that was not. "
        + "Rows made from one record (by `explode`) stay or go together. `seed` gives another sample.")]
[Example("All rows of about half of the users", "sample: { fraction: 0.5, by: [user] }", """
    {"user": "ann", "n": 1}
    {"user": "bob", "n": 2}
    {"user": "cat", "n": 3}
    {"user": "ann", "n": 4}
    """, """
    {"user": "bob", "n": 2}
    """)]
public sealed class SampleStage : Stage
{
    /// <summary>The fraction to keep.</summary>
    [Option("The fraction of rows to keep, from 0 to 1.", Required = true, Shorthand = true)]
    public double Fraction { get; set; }

    /// <summary>The columns to decide by.</summary>
    [Option("Columns by whose values a row stays or goes; by the record's position without.")]
    public IReadOnlyList<string> By { get; set; } = [];

    /// <summary>Another number gives another sample.</summary>
    [Option("Another number gives another sample; 0 by default.")]
    public long Seed { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [input];

    /// <inheritdoc/>
    public override bool KeepsRecords => false;

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        if (!(Fraction is >= 0 and <= 1)) throw new DataMeshException($"`sample` can not keep a fraction of {Fraction}.", hint: "write a number from 0 to 1");
        return new Bound(input, [.. ColumnPattern.FindAll(this, nameof(By), By, input, context)], this);
    }

    private sealed class Bound(Schema schema, int[] by, SampleStage options) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [schema];

        public override bool NeedsOrigin => by.Length == 0;

        public override StageWorker CreateWorker(int input = 0) => new Worker(by, options);

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
            RequiredColumns.With(requiredOutputs, schema, by.Select(i => schema[i].Name));
    }

    private sealed class Worker(int[] by, SampleStage options) : StageWorker
    {
        private readonly ulong _seed = RowHash.Mix((ulong)options.Seed ^ 0x9E3779B97F4A7C15);

        public override void Process(RecordBatch batch, StageOutput output)
        {
            var hashes = new ulong[batch.Length];
            if (by.Length == 0) HashPositions(batch, hashes);
            else HashValues(batch, hashes);
            using var keep = Bitmap.Zeros(batch.Length);
            for (var row = 0; row < hashes.Length; row++)
                if ((hashes[row] >> 11) * (1.0 / (1UL << 53)) < options.Fraction) keep[row] = true;
            Kept.Emit(batch, keep, output, LedgerTerm.Filtered);
        }

        private void HashPositions(RecordBatch batch, Span<ulong> hashes)
        {
            if (batch.Origin is not { } origin)
                throw new InvalidOperationException("Rows that do not know their position can not be sampled by it.");
            var file = RowHash.Of(Encoding.UTF8.GetBytes(Path.GetFileName(origin.Block.SourceName)), _seed);
            for (var row = 0; row < hashes.Length; row++)
                hashes[row] = RowHash.Mix(file ^ RowHash.Mix((ulong)origin.Block.RecordPosition(origin.RecordOf(row))));
        }

        private void HashValues(RecordBatch batch, Span<ulong> hashes)
        {
            hashes.Fill(_seed);
            foreach (var index in by) RowHash.Combine(batch[index], hashes);
        }
    }
}
