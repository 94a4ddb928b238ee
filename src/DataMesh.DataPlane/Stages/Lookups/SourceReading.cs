using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Stages.Lookups;

/// <summary>Reads a whole source into memory: reference data of lookups.</summary>
public static class SourceReading
{
    private const int WideningsMax = 100;

    /// <summary>
    /// Every row of a source, in the order of its splits. Begins again with a wider schema when a value disagrees with the inferred type.
    /// Throws when the rows take more than <paramref name="bytesMax"/>, and on a record that can not be read: there is no quarantine here.
    /// </summary>
    public static async ValueTask<SourceRows> ReadAllAsync(Source source, ComponentContext context, long bytesMax, CancellationToken cancellation)
    {
        var description = await source.DescribeAsync(context, cancellation);
        if (description.IsEmpty) throw new DataMeshException("The reference data are empty, so that their columns are not known.", hint: "a header, or declared types, would name them");
        var schema = description.Schema;
        for (var attempt = 0; attempt < WideningsMax; attempt++)
        {
            var output = new Output(schema, bytesMax);
            await ReadAsync(source, new DecodePlan(schema, Widening: true), output, context, cancellation);
            if (output.Wider is null) return new SourceRows(schema, output.Batches);
            foreach (var batch in output.Batches) batch.Dispose();
            schema = output.Wider;
        }

        throw new DataMeshException("The types of the reference data do not settle.", hint: "declare them with types:");
    }

    private static async ValueTask ReadAsync(Source source, DecodePlan plan, Output output, ComponentContext context, CancellationToken cancellation)
    {
        await foreach (var split in source.EnumerateAsync(context, cancellation))
        {
            output.Split = split.Name;
            await using var reader = await source.OpenAsync(split, split.Start, plan, context, cancellation);
            var decoder = reader.CreateDecoder();
            while (output.Wider is null && await reader.ReadAsync(cancellation) is { } block)
            {
                using (block) decoder.Decode(block, output);
            }
        }
    }

    private sealed class Output(Schema schema, long bytesMax) : DecodeOutput
    {
        private long _bytes;

        public List<RecordBatch> Batches { get; } = [];

        public Schema? Wider { get; private set; }

        public string Split { get; set; } = "";

        public override bool NeedsOrigin => false;

        public override void Emit(RecordBatch batch)
        {
            Batches.Add(batch);
            _bytes += batch.ByteSize;
            if (_bytes > bytesMax)
                throw new DataMeshException($"The reference data take more than {bytesMax >> 20} MiB of memory.", new Location(Split), hint: "filter the reference data before, or raise memory:");
        }

        public override void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail) => throw new DataMeshException(
            $"A record of the reference data can not be read: {reason}.", new Location(Split, Byte: position), detail, "correct the reference file; a lookup needs all of it");

        public override void Widen(string column, DataType type)
        {
            var fields = (Wider ?? schema).ToList();
            var at = fields.FindIndex(field => field.Name.Equals(column, StringComparison.OrdinalIgnoreCase));
            if (at < 0) fields.Add(new Field(column, type));
            else fields[at] = fields[at] with { Type = TypeLattice.Join(fields[at].Type, type) };
            Wider = new Schema(fields);
        }
    }
}

/// <summary>All rows of a source.</summary>
/// <param name="Schema">Their schema.</param>
/// <param name="Batches">The rows; the holder owns them.</param>
public sealed record SourceRows(Schema Schema, IReadOnlyList<RecordBatch> Batches) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var batch in Batches) batch.Dispose();
    }
}
