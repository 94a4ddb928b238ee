using System.Buffers.Text;
using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.TextRows;

/// <summary>Writes the values of one column, type by type, in the canonical form of <see cref="ValueText"/>.</summary>
internal static class ValueWriter
{
    /// <summary>Writes rows <paramref name="from"/> to <paramref name="to"/> of a column.</summary>
    public static void Write(Column column, int from, int to, RowStyle style, ColumnText target)
    {
        switch (column)
        {
            case NullColumn: Nulls(from, to, style, target); break;
            case BoolColumn flags: Bools(flags, from, to, style, target); break;
            case FixedColumn<double> doubles: Doubles(doubles, from, to, style, target); break;
            case FixedColumn<int> dates: Dates(dates, from, to, style, target); break;
            case FixedColumn<Int128> decimals: Decimals(decimals, from, to, style, target); break;
            case FixedColumn<long> times when column.Type.Kind == TypeKind.Timestamp: Timestamps(times, from, to, style, target); break;
            case FixedColumn<long> integers: Integers(integers, from, to, style, target); break;
            case VarColumn bytes when column.Type.Kind == TypeKind.Binary: Binaries(bytes, from, to, style, target); break;
            case VarColumn json when column.Type.Kind == TypeKind.Json: style.Json(json, from, to, target); break;
            case VarColumn text: style.Text(text, from, to, target); break;
            default: throw new NotSupportedException(column.GetType().Name);
        }
    }

    private static void Nulls(int from, int to, RowStyle style, ColumnText target)
    {
        for (var row = from; row < to; row++)
        {
            target.Add(style.Null);
            target.End();
        }
    }

    private static void Bools(BoolColumn column, int from, int to, RowStyle style, ColumnText target)
    {
        for (var row = from; row < to; row++)
        {
            target.Add(column.IsNull(row) ? style.Null : column[row] ? "true"u8 : "false"u8);
            target.End();
        }
    }

    private static void Integers(FixedColumn<long> column, int from, int to, RowStyle style, ColumnText target)
    {
        var values = column.Values;
        for (var row = from; row < to; row++)
        {
            if (column.IsNull(row)) target.Add(style.Null);
            else target.Advance(ValueText.Write(values[row], target.Room(ValueText.FixedMax)));
            target.End();
        }
    }

    private static void Doubles(FixedColumn<double> column, int from, int to, RowStyle style, ColumnText target)
    {
        var values = column.Values;
        for (var row = from; row < to; row++)
        {
            var value = values[row];
            if (column.IsNull(row)) target.Add(style.Null);
            else if (!double.IsFinite(value) && style.NotFinite.Length > 0) target.Add(style.NotFinite);
            else target.Advance(Double(value, target.Room(ValueText.FixedMax)));
            target.End();
        }
    }

    private static void Decimals(FixedColumn<Int128> column, int from, int to, RowStyle style, ColumnText target)
    {
        var values = column.Values;
        for (var row = from; row < to; row++)
        {
            if (column.IsNull(row)) target.Add(style.Null);
            else target.Advance(ValueText.WriteDecimal(values[row], column.Type.Scale, target.Room(ValueText.FixedMax)));
            target.End();
        }
    }

    private static void Dates(FixedColumn<int> column, int from, int to, RowStyle style, ColumnText target)
    {
        var values = column.Values;
        for (var row = from; row < to; row++)
        {
            if (column.IsNull(row)) target.Add(style.Null);
            else
            {
                Quote(style, target);
                target.Advance(ValueText.WriteDate(values[row], target.Room(ValueText.FixedMax)));
                Quote(style, target);
            }

            target.End();
        }
    }

    private static void Timestamps(FixedColumn<long> column, int from, int to, RowStyle style, ColumnText target)
    {
        var values = column.Values;
        for (var row = from; row < to; row++)
        {
            if (column.IsNull(row)) target.Add(style.Null);
            else
            {
                Quote(style, target);
                target.Advance(ValueText.WriteTimestamp(values[row], target.Room(ValueText.FixedMax)));
                Quote(style, target);
            }

            target.End();
        }
    }

    private static void Binaries(VarColumn column, int from, int to, RowStyle style, ColumnText target)
    {
        for (var row = from; row < to; row++)
        {
            if (column.IsNull(row)) target.Add(style.Null);
            else
            {
                Quote(style, target);
                Base64.EncodeToUtf8(column[row], target.Room(Base64.GetMaxEncodedToUtf8Length(column[row].Length)), out _, out var written);
                target.Advance(written);
                Quote(style, target);
            }

            target.End();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quote(RowStyle style, ColumnText target)
    {
        if (style.Quote == 0) return;
        target.Room(1)[0] = style.Quote;
        target.Advance(1);
    }

    /// <summary>
    /// Most doubles in files are short decimals. If n / 10^k is the value and n has at most 15 digits, no other text of 15 digits or fewer
    /// reads back as it, so that this is the shortest one; the general way costs several times as much.
    /// </summary>
    private static int Double(double value, Span<byte> room)
    {
        var magnitude = Math.Abs(value);
        if (magnitude is < 1e9 and >= 1e-3)
        {
            for (var (digits, power) = (0, 1L); digits <= 6; digits++, power *= 10)
            {
                var scaled = (long)Math.Round(magnitude * power);
                if (scaled / (double)power != magnitude) continue;
                return ShortDecimal(value < 0, scaled, power, digits, room);
            }
        }

        return ValueText.Write(value, room);
    }

    private static int ShortDecimal(bool isNegative, long scaled, long power, int digits, Span<byte> room)
    {
        var at = 0;
        if (isNegative) room[at++] = (byte)'-';
        var (whole, fraction) = Math.DivRem(scaled, power);
        at += ValueText.Write(whole, room[at..]);
        if (digits == 0) return at;
        room[at++] = (byte)'.';
        for (var i = digits - 1; i >= 0; i--)
        {
            room[at + i] = (byte)('0' + fraction % 10);
            fraction /= 10;
        }

        return at + digits;
    }
}
