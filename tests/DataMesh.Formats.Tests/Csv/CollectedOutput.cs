using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Formats.Tests.Csv;

/// <summary>Keeps everything a decoder puts out, as text.</summary>
internal sealed class CollectedOutput(bool needsOrigin = true, Encoding? encoding = null) : DecodeOutput
{
    private readonly Encoding _encoding = encoding ?? Encoding.UTF8;

    public List<List<string?>> Rows { get; } = [];

    /// <summary>Position and bytes of the record each row came from.</summary>
    public List<(long Position, string Text)> Origins { get; } = [];

    public List<(string Record, long Position, string Reason, string Detail)> BadRecords { get; } = [];

    public Dictionary<string, DataType> Widenings { get; } = [];

    public override bool NeedsOrigin => needsOrigin;

    public override void Emit(RecordBatch batch)
    {
        using (batch)
        {
            for (var row = 0; row < batch.Length; row++)
            {
                Rows.Add([.. batch.Columns.Select(column => ValueText.Format(column, row))]);
                if (batch.Origin is not { } origin) continue;
                var record = origin.RecordOf(row);
                Origins.Add((origin.Block.RecordPosition(record), _encoding.GetString(origin.Block.RecordBytes(record))));
            }
        }
    }

    public override void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail) =>
        BadRecords.Add((_encoding.GetString(record), position, reason, detail));

    public override void Widen(string column, DataType type) => Widenings[column] = type;
}
