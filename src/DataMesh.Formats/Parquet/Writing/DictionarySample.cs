using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>
/// Looks at values spread over a column to tell whether a dictionary would pay: when about a quarter of the values or fewer are distinct.
/// </summary>
internal static class DictionarySample
{
    private const int Samples = 1024;
    private const int Slots = 4096;

    public static bool Pays<T>(ColumnParts parts) where T : unmanaged
    {
        Span<ulong> slots = stackalloc ulong[Slots];
        slots.Clear();
        var (seen, distinct, step) = (0, 0, StepOf(parts));
        for (var part = 0; part < parts.Count; part++)
        {
            if (parts[part] is not FixedColumn<T> column) continue;
            var values = column.Values;
            for (var row = 0; row < values.Length; row += step)
            {
                if (column.IsNull(row)) continue;
                seen++;
                distinct += Insert(slots, FixedDictionary.Bits(values[row]) * 0x9E37_79B9_7F4A_7C15UL | 1) ? 1 : 0;
            }
        }

        return IsWorth(seen, distinct, parts.Rows - parts.NullCount);
    }

    public static bool PaysForBytes(ColumnParts parts)
    {
        Span<ulong> slots = stackalloc ulong[Slots];
        slots.Clear();
        var (seen, distinct, step) = (0, 0, StepOf(parts));
        for (var part = 0; part < parts.Count; part++)
        {
            if (parts[part] is not VarColumn column) continue;
            for (var row = 0; row < column.Length; row += step)
            {
                if (column.IsNull(row)) continue;
                seen++;
                distinct += Insert(slots, (ulong)ValueDictionary.Hash(column[row]) << 32 | 1) ? 1 : 0;
            }
        }

        return IsWorth(seen, distinct, parts.Rows - parts.NullCount);
    }

    /// <summary>
    /// A sample that repeats itself says it at once. Otherwise its coincidences do: among n values drawn from d equally frequent ones about
    /// n² / 2d pairs are equal.
    /// </summary>
    private static bool IsWorth(int seen, int distinct, int values)
    {
        if (seen == 0) return false;
        return distinct * 4 <= seen || 2L * seen * seen <= (long)(seen - distinct) * values;
    }

    private static bool Insert(Span<ulong> slots, ulong key)
    {
        for (var at = (int)(key >> 48) & Slots - 1; ; at = (at + 1) & Slots - 1)
        {
            if (slots[at] == key) return false;
            if (slots[at] != 0) continue;
            slots[at] = key;
            return true;
        }
    }

    /// <summary>Rows from one sample to the next; every part begins with one, which their limited number leaves room for.</summary>
    private static int StepOf(ColumnParts parts) => Math.Max(1, parts.Rows / Samples);
}
