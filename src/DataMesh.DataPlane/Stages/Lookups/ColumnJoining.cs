using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Lookups;

/// <summary>Makes one column out of the same column of several batches.</summary>
internal static class ColumnJoining
{
    /// <summary>The values of all columns, one after another; strings dictionary-encoded, so that taking rows of them copies codes only.</summary>
    public static Column Join(DataType type, IReadOnlyList<Column> parts)
    {
        var length = parts.Sum(part => part.Length);
        var validity = JoinValidity(parts, length);
        switch (type.Kind)
        {
            case TypeKind.Null: return new NullColumn(length);
            case TypeKind.Bool: return new BoolColumn(JoinFlags(parts, length), validity);
            case TypeKind.Float64: return JoinFixed<double>(type, parts, length, validity);
            case TypeKind.Date: return JoinFixed<int>(type, parts, length, validity);
            case TypeKind.Decimal: return JoinFixed<Int128>(type, parts, length, validity);
            case TypeKind.Int64 or TypeKind.Timestamp: return JoinFixed<long>(type, parts, length, validity);
        }

        var dictionary = new ValueDictionary();
        var codes = PooledBuffer.Rent<int>(length);
        var next = 0;
        foreach (var part in parts.Cast<VarColumn>())
        {
            for (var row = 0; row < part.Length; row++) codes.As<int>()[next++] = part.IsNull(row) ? 0 : dictionary.Add(part[row]);
        }

        return new VarColumn(type, codes, dictionary, length, validity);
    }

    private static FixedColumn<T> JoinFixed<T>(DataType type, IReadOnlyList<Column> parts, int length, Bitmap? validity) where T : unmanaged
    {
        var values = PooledBuffer.Rent<T>(length);
        var next = 0;
        foreach (var part in parts.Cast<FixedColumn<T>>())
        {
            part.Values.CopyTo(values.As<T>()[next..]);
            next += part.Length;
        }

        return new FixedColumn<T>(type, values, length, validity);
    }

    private static Bitmap JoinFlags(IReadOnlyList<Column> parts, int length)
    {
        var values = Bitmap.Zeros(length);
        var next = 0;
        foreach (var part in parts.Cast<BoolColumn>())
        {
            for (var row = 0; row < part.Length; row++, next++)
                if (part[row]) values[next] = true;
        }

        return values;
    }

    private static Bitmap? JoinValidity(IReadOnlyList<Column> parts, int length)
    {
        if (parts.All(part => part.NullCount == 0)) return null;
        var validity = Bitmap.Zeros(length);
        var next = 0;
        foreach (var part in parts)
        {
            for (var row = 0; row < part.Length; row++, next++)
                if (!part.IsNull(row)) validity[next] = true;
        }

        return validity;
    }
}
