using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataMesh.Formats.Csv;

/// <summary>
/// The fields of consecutive records in a text, as positions: field f of record r lies between <c>Bounds[r * Stride + f] + 1</c> and
/// <c>Bounds[r * Stride + f + 1]</c> (exclusive). The last field has its own pairs where carriage returns had to be cut off.
/// </summary>
internal readonly ref struct CsvRecords(ref byte text)
{
    /// <summary>The text that positions refer to, the content of an array; readable beyond the last record, and before the first one for as far as an array has a header (16 bytes).</summary>
    public readonly ref byte Text = ref text;

    /// <summary>The positions.</summary>
    public required ReadOnlySpan<int> Bounds { get; init; }

    /// <summary>Positions from one record to the next.</summary>
    public required int Stride { get; init; }

    /// <summary>Number of records.</summary>
    public required int Count { get; init; }

    /// <summary>Number of fields in each.</summary>
    public required int FieldCount { get; init; }

    /// <summary>Pairs of positions for the last field, or empty when <see cref="Bounds"/> is right for it.</summary>
    public ReadOnlySpan<int> LastBounds { get; init; }

    /// <summary>Whether any field may be quoted.</summary>
    public required bool HasQuotes { get; init; }

    /// <summary>The positions of one field: a reference to the one before its first value, and the distance to the next record's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int Field(int field, out int stride)
    {
        if (field == FieldCount - 1 && !LastBounds.IsEmpty)
        {
            stride = 2;
            return ref MemoryMarshal.GetReference(LastBounds);
        }

        stride = Stride;
        return ref Unsafe.Add(ref MemoryMarshal.GetReference(Bounds), field);
    }

    /// <summary>Pairs of start and end of each record in its block, where the fields do not lie there themselves; else empty.</summary>
    public ReadOnlySpan<int> Lines { get; init; }

    /// <summary>Where record <paramref name="record"/> begins in its block.</summary>
    public int Start(int record) => Lines.IsEmpty ? Bounds[record * Stride] + 1 : Lines[2 * record];

    /// <summary>Where record <paramref name="record"/> ends, its line end excluded (a carriage return before it is not).</summary>
    public int End(int record) => Lines.IsEmpty ? Bounds[record * Stride + FieldCount] : Lines[2 * record + 1];
}
