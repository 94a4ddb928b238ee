using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet.Metadata;
using DataMesh.Formats.Parquet.Writing;

namespace DataMesh.Formats.Parquet.Nested;

/// <summary>Collects the levels and plain-encoded values of one leaf column and writes them as a chunk.</summary>
internal sealed class NestedLeaf(NestedValue field, string[] path, int definitionMax, int repetitionMax)
{
    private readonly List<int> _definitions = [];
    private readonly List<int> _repetitions = [];
    private readonly List<int> _booleans = [];
    private readonly MemoryStream _values = new();

    public string[] Path { get; } = path;

    public PhysicalLayout Layout { get; } = field.Narrow ? new PhysicalLayout(PhysicalType.Int32, 4) : PhysicalLayout.Of(field.Type);

    public void AddNull(int repetition, int definition)
    {
        _repetitions.Add(repetition);
        _definitions.Add(definition);
    }

    public void Add(JsonNode value, int repetition)
    {
        AddNull(repetition, definitionMax);
        try
        {
            AddValue(value);
        }
        catch (Exception cause) when (cause is FormatException or InvalidOperationException or OverflowException)
        {
            throw new DataMeshException($"The value {value.ToJsonString()} does not fit {string.Join('.', Path)} ({field.Type}).", cause: cause);
        }
    }

    /// <summary>Writes what was collected as one chunk and forgets it.</summary>
    public EncodedChunk Encode(ChunkBuilder builder)
    {
        if (field.Type.Kind == TypeKind.Bool) PackBooleans();
        var values = _values.GetBuffer().AsSpan(0, (int)_values.Length);
        builder.Begin(_definitions.Count);
        var body = builder.BeginPage(values.Length + LevelBytes(repetitionMax) + LevelBytes(definitionMax));
        var at = WriteLevels(_repetitions, repetitionMax, body);
        at += WriteLevels(_definitions, definitionMax, body[at..]);
        values.CopyTo(body[at..]);
        builder.EndPage(at + values.Length, _definitions.Count, ParquetEncoding.Plain);
        var nulls = _definitions.Count(level => level < definitionMax);
        var chunk = builder.End(_definitions.Count, ParquetEncoding.Plain, new ColumnBounds(), nulls);
        _definitions.Clear();
        _repetitions.Clear();
        _values.SetLength(0);
        return chunk;
    }

    private int LevelBytes(int max) => max == 0 ? 0 : 4 + HybridEncoder.MaxBytes(_definitions.Count, HybridEncoder.BitWidth(max));

    private static int WriteLevels(List<int> levels, int max, Span<byte> target)
    {
        if (max == 0) return 0;
        var length = HybridEncoder.Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(levels), HybridEncoder.BitWidth(max), target[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(target, length);
        return 4 + length;
    }

    private void PackBooleans()
    {
        var bytes = new byte[(_booleans.Count + 7) / 8];
        for (var i = 0; i < _booleans.Count; i++) bytes[i >> 3] |= (byte)(_booleans[i] << (i & 7));
        _values.Write(bytes);
        _booleans.Clear();
    }

    private void AddValue(JsonNode value)
    {
        switch (field.Type.Kind)
        {
            case TypeKind.Bool: _booleans.Add(value.GetValue<bool>() ? 1 : 0); break;
            case TypeKind.Float64: PutInteger(BitConverter.DoubleToInt64Bits(Double(value))); break;
            case TypeKind.String: PutBytes(Encoding.UTF8.GetBytes(value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString())); break;
            case TypeKind.Json: PutBytes(Encoding.UTF8.GetBytes(value.ToJsonString())); break;
            case TypeKind.Binary: PutBytes(Convert.FromBase64String(value.GetValue<string>())); break;
            case TypeKind.Date: PutInteger(Date(value)); break;
            case TypeKind.Timestamp: PutInteger(Timestamp(value)); break;
            case TypeKind.Decimal: PutInteger(Decimal(value)); break;
            default: PutInteger(Int128.Parse(value.ToString(), CultureInfo.InvariantCulture)); break;
        }
    }

    private void PutInteger(Int128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes = bytes[..Layout.Width];
        if (Layout.Type == PhysicalType.FixedLenByteArray) PhysicalLayout.WriteBigEndian(value, bytes);
        else if (Layout.Width == 4) BinaryPrimitives.WriteInt32LittleEndian(bytes, checked((int)value));
        else BinaryPrimitives.WriteInt64LittleEndian(bytes, checked((long)value));
        _values.Write(bytes);
    }

    private void PutBytes(byte[] value)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
        _values.Write(length);
        _values.Write(value);
    }

    private static bool IsText(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String;

    private static double Double(JsonNode value) => double.Parse(value.ToString(), CultureInfo.InvariantCulture);

    private static int Date(JsonNode value) => IsText(value)
        ? DateOnly.Parse(value.GetValue<string>(), CultureInfo.InvariantCulture).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber
        : int.Parse(value.ToString(), CultureInfo.InvariantCulture);

    private static long Timestamp(JsonNode value) => IsText(value)
        ? (DateTimeOffset.Parse(value.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond
        : long.Parse(value.ToString(), CultureInfo.InvariantCulture);

    /// <summary>An exact decimal text, or number, as its unscaled value.</summary>
    private Int128 Decimal(JsonNode value)
    {
        var text = value.ToString();
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? text : text.Remove(point, 1);
        var scale = point < 0 ? 0 : text.Length - point - 1;
        if (scale > field.Type.Scale) throw new FormatException($"more than {field.Type.Scale} digits after the point");
        return Int128.Parse(digits + new string('0', field.Type.Scale - scale), CultureInfo.InvariantCulture);
    }
}
