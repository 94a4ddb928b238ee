using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Looks at values spread over a column to tell whether a dictionary would pay: when at most a quarter of them are distinct.</summary>
internal static class DictionarySample
{
    private const int Samples = 1024;
    private const int Slots = 4096;

    public static bool Pays<T>(ColumnParts parts) where T : unmanaged
    {
        Span<ulong> slots = stackalloc ulong[Slots];
        slots.Clear();
        var (seen, distinct) = (0, 0);
        foreach (var (part, row) in Rows(parts))
        {
            if (parts[part] is not FixedColumn<T> column || column.IsNull(row)) continue;
            seen++;
            distinct += Insert(slots, FixedDictionary<T>.Bits(column.Values[row]) * 0x9E37_79B9_7F4A_7C15UL | 1) ? 1 : 0;
        }

        return seen > 0 && distinct * 4 <= seen;
    }

    public static bool PaysForBytes(ColumnParts parts)
    {
        Span<ulong> slots = stackalloc ulong[Slots];
        slots.Clear();
        var (seen, distinct) = (0, 0);
        foreach (var (part, row) in Rows(parts))
        {
            if (parts[part] is not VarColumn column || column.IsNull(row)) continue;
            seen++;
            distinct += Insert(slots, (ulong)ValueDictionary.Hash(column[row]) << 20 | 1) ? 1 : 0;
        }

        return seen > 0 && distinct * 4 <= seen;
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

    private static IEnumerable<(int Part, int Row)> Rows(ColumnParts parts)
    {
        var count = Math.Min(Samples, parts.Rows);
        for (var i = 0; i < count; i++)
        {
            var row = (int)((long)i * parts.Rows / count);
            var part = parts.PartOf(row);
            yield return (part, row - parts.Start(part));
        }
    }
}
