using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Csv;

/// <summary>A column in which the sample saw no value: any value is news.</summary>
internal sealed class NullFieldColumn(FieldContext context) : FieldColumn(DataType.Null)
{
    public override void Append(in CsvRecords records, int row, FieldErrors errors)
    {
        ref var bound = ref records.Field(context.Field, out var stride);
        for (var i = 0; i < records.Count; i++)
        {
            var start = Unsafe.Add(ref bound, i * stride) + 1;
            var length = Unsafe.Add(ref bound, i * stride + 1) - start;
            if (length == 0) continue;
            var value = context.Read(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref records.Text, start), length)).Bytes;
            if (value.Trim((byte)' ').IsEmpty) continue;
            errors.Add(records, i, row + i, context, Type, value);
        }
    }

    public override Column Finish(int rows) => new NullColumn(rows);

    public override void Reset()
    {
    }
}

/// <summary>A column that this file does not have.</summary>
internal sealed class MissingColumn(DataType type) : FieldColumn(type)
{
    public override void Append(in CsvRecords records, int row, FieldErrors errors)
    {
    }

    public override Column Finish(int rows) => Column.Nulls(Type, rows);

    public override void Reset()
    {
    }
}
