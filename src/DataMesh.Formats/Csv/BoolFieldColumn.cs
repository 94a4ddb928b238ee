using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>true and false, in any case.</summary>
internal sealed class BoolFieldColumn(FieldContext context) : FieldColumn(DataType.Bool)
{
    private readonly RowNulls _nulls = new();
    private ulong[] _words = new ulong[64];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Append(in CsvRecords records, int row, FieldErrors errors)
    {
        var needed = Bitmap.WordCount(row + records.Count);
        if (_words.Length < needed) Array.Resize(ref _words, needed * 2);
        ref var text = ref records.Text;
        ref var bound = ref records.Field(context.Field, out var stride);
        for (var i = 0; i < records.Count; i++)
        {
            var start = bound + 1;
            var length = Unsafe.Add(ref bound, 1) - start;
            bound = ref Unsafe.Add(ref bound, stride);
            var at = row + i;
            if ((at & 63) == 0) _words[at >> 6] = 0;
            // Both words differ from digits in the bit that is set here, so only letters in any case can match.
            var head = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, start)) | 0x20202020;
            ulong flag;
            if (length == 4 && head == 0x65757274) flag = 1;
            else if (length == 5 && head == 0x736C6166 && (Unsafe.Add(ref text, start + 4) | 0x20) == 'e') flag = 0;
            else flag = Slow(records, i, row, start, length, errors);
            _words[at >> 6] |= flag << (at & 63);
        }
    }

    public override Column Finish(int rows)
    {
        var values = Bitmap.Uninitialised(rows);
        _words.AsSpan(0, Bitmap.WordCount(rows)).CopyTo(values.Words);
        values.ClearTail();
        return new BoolColumn(values, _nulls.Take(rows));
    }

    public override void Reset() => _nulls.Clear();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong Slow(in CsvRecords records, int record, int row, int start, int length, FieldErrors errors)
    {
        var value = context.Read(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref records.Text, start), length));
        var bytes = value.Bytes.Trim((byte)' ');
        if (bytes.IsEmpty) _nulls.Add(row + record);
        else if (ValueTypes.IsBool(bytes, out var flag)) return flag ? 1UL : 0;
        else errors.Add(records, record, row + record, context, Type, value.Bytes);
        return 0;
    }
}
