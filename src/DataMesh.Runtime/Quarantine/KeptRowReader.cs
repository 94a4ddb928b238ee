using System.Text;
using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Runtime.Quarantine;

/// <summary>Reads rows that were kept as JSON, in blocks; each row still knows its original record.</summary>
internal sealed class KeptRowReader(IEnumerable<QuarantinedRecord> records, DecodePlan plan) : SplitReader
{
    private const int RowsPerBlock = 1024;

    private readonly IEnumerator<QuarantinedRecord[]> _chunks = Chunks(records).GetEnumerator();
    private long _rows;
    private int _sequence;

    public override long BytesRead => _rows;

    public override ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation)
    {
        if (!_chunks.MoveNext()) return ValueTask.FromResult<SourceBlock?>(null);
        var chunk = _chunks.Current;
        var block = new KeptRows(chunk) { SourceName = "quarantine", Start = _rows, End = _rows + chunk.Length, Sequence = _sequence++ };
        block.Form = new RowForm(block);
        _rows += chunk.Length;
        return ValueTask.FromResult<SourceBlock?>(block);
    }

    public override BlockDecoder CreateDecoder() => new Decoder(plan);

    public override ValueTask DisposeAsync()
    {
        _chunks.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Rows of one source and format each.</summary>
    private static IEnumerable<QuarantinedRecord[]> Chunks(IEnumerable<QuarantinedRecord> records)
    {
        var chunk = new List<QuarantinedRecord>();
        foreach (var record in records)
        {
            if (chunk.Count == RowsPerBlock || (chunk.Count > 0 && (chunk[0].SourceId, chunk[0].Format) != (record.SourceId, record.Format)))
            {
                yield return [.. chunk];
                chunk.Clear();
            }

            chunk.Add(record);
        }

        if (chunk.Count > 0) yield return [.. chunk];
    }

    private sealed class KeptRows(QuarantinedRecord[] records) : SourceBlock
    {
        public QuarantinedRecord[] Records { get; } = records;

        public override long ByteSize => Records.Sum(record => record.Record.Length + 2L * (record.Values?.Length ?? 0));

        public override ReadOnlySpan<byte> RecordBytes(int record) => Records[record].Record;

        public override long RecordPosition(int record) => Start + record;

        protected override void Release()
        {
        }
    }

    /// <summary>Where the rows came from at first. They stay rows, whatever the pipeline looks like by now: their siblings have gone on already.</summary>
    private sealed class RowForm(KeptRows block) : RecordForm(block.Records[0].SourceId ?? "")
    {
        public override string? Format => block.Records[0].Format;

        public override bool AreRows => true;

        public override ValueTask<RecordPlace> PlaceOfAsync(string sourceName, long position, CancellationToken cancellation)
        {
            var record = block.Records[(int)(position - block.Start)];
            return ValueTask.FromResult(new RecordPlace(record.Source, record.Position ?? -1, record.Line));
        }
    }

    private sealed class Decoder(DecodePlan plan) : BlockDecoder
    {
        public override void Decode(SourceBlock block, DecodeOutput output)
        {
            var rows = (KeptRows)block;
            var good = new List<(string Json, int Row)>();
            for (var i = 0; i < rows.Records.Length; i++)
            {
                var json = rows.Records[i].Values ?? Encoding.UTF8.GetString(rows.Records[i].Record);
                if (Fault(json) is { } fault) output.Bad(rows.Records[i].Record, block.Start + i, QuarantineReasons.Misfit, fault);
                else good.Add((json, i));
            }

            if (good.Count == 0) return;
            var batch = JsonRows.Parse([.. good.Select(each => each.Json)], plan.Schema);
            var columns = batch.Columns.Select(column => column.Share()).ToArray();
            batch.Dispose();
            output.Emit(new RecordBatch(plan.Schema, columns, good.Count, output.NeedsOrigin ? new RowOrigin(block.Share(), [.. good.Select(each => each.Row)]) : null));
        }

        /// <summary>Why a row does not fit the stage's input as it is now; null when it does.</summary>
        private string? Fault(string json)
        {
            try
            {
                using var document = JsonDocument.Parse(json);
                foreach (var field in plan.Schema)
                {
                    if (!document.RootElement.TryGetProperty(field.Name, out _)) return $"the row was kept without a value for '{field.Name}', which the stage needs now";
                }

                JsonRows.Parse([json], plan.Schema).Dispose();
                return null;
            }
            catch (DataMeshException error)
            {
                return error.Message;
            }
            catch (JsonException error)
            {
                return error.Message;
            }
        }
    }
}
