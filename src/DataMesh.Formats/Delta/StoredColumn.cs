using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>Brings a column of a data file to the type that the table declares: older files may hold a narrower one.</summary>
internal static class StoredColumn
{
    /// <summary>The column under a new owner, in the declared type. Throws when the stored type does not fit it.</summary>
    public static Column As(Column stored, Field field, string file)
    {
        if (stored.Type == field.Type) return stored.Share();
        var builder = new ColumnBuilder(field.Type);
        for (var row = 0; row < stored.Length; row++)
        {
            if (stored.IsNull(row)) builder.AppendNull();
            else if (!TryAppend(builder, stored, row)) throw Unfit(stored, field, file);
        }

        return builder.Build();
    }

    private static bool TryAppend(ColumnBuilder builder, Column stored, int row)
    {
        switch (stored, builder.Type.Kind)
        {
            case (not VarColumn, TypeKind.String): builder.Append(Encoding.UTF8.GetBytes(ValueText.Format(stored, row)!)); return true;
            case (VarColumn bytes, TypeKind.String or TypeKind.Json or TypeKind.Binary): builder.Append(bytes[row]); return true;
            case (FixedColumn<long> { Type.Kind: TypeKind.Int64 } whole, TypeKind.Float64): builder.Append((double)whole[row]); return true;
            case (FixedColumn<long> { Type.Kind: TypeKind.Int64 } whole, TypeKind.Decimal): builder.Append(Scale(whole[row], builder.Type.Scale)); return true;
            case (FixedColumn<Int128> number, TypeKind.Decimal) when number.Type.Scale <= builder.Type.Scale:
                builder.Append(Scale(number[row], builder.Type.Scale - number.Type.Scale));
                return true;
            case (FixedColumn<int> day, TypeKind.Timestamp): builder.Append(day[row] * TimeSpan.MicrosecondsPerDay); return true;
            default: return false;
        }
    }

    private static Int128 Scale(Int128 value, int digits)
    {
        for (; digits > 0; digits--) value *= 10;
        return value;
    }

    private static DataMeshException Unfit(Column stored, Field field, string file) => new(
        $"Column '{field.Name}' is {stored.Type} in a data file and {field.Type} in the table.", new Location(file),
        hint: "the file was not written for this table, or by a writer that does not keep to its schema");
}
