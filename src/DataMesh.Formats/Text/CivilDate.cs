using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataMesh.Formats.Text;

/// <summary>Days since 1970 from year, month and day, with validation by one table look-up.</summary>
internal static class CivilDate
{
    /// <summary>No such day.</summary>
    public const int Invalid = int.MinValue;

    /// <summary>Day of the year from 0 by month * 32 + day, -1 where there is no such day; the second half is for leap years.</summary>
    private static readonly short[] DayOfYear = MakeDayOfYear();

    /// <summary>Days since 1970, or <see cref="Invalid"/>. <paramref name="year"/> 1 to 9999; <paramref name="monthAndDay"/> is month * 32 + day, below 512.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ToDays(int year, int monthAndDay)
    {
        var isLeap = (year & (year % 100 == 0 ? 15 : 3)) == 0;
        int day = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(DayOfYear), (monthAndDay & 511) + (isLeap ? 512 : 0));
        if (day < 0 || year < 1) return Invalid;
        var before = (uint)year - 1;
        return (int)(before * 365 + before / 4 - before / 100 + before / 400) - 719_162 + day;
    }

    /// <summary>Makes the table now, for the reason that <see cref="DigitText.Prepare"/> gives.</summary>
    public static void Prepare() => RuntimeHelpers.RunClassConstructor(typeof(CivilDate).TypeHandle);

    private static short[] MakeDayOfYear()
    {
        var table = new short[1024];
        Array.Fill(table, (short)-1);
        for (var leap = 0; leap < 2; leap++)
        {
            short next = 0;
            for (var month = 1; month <= 12; month++)
                for (var day = 1; day <= DateTime.DaysInMonth(2023 + leap, month); day++)
                    table[leap * 512 + month * 32 + day] = next++;
        }

        return table;
    }
}
