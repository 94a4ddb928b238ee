namespace DataMesh.Formats.Text;

/// <summary>The order of the parts of a date.</summary>
public enum DateOrder
{
    /// <summary>2024-01-31</summary>
    YearMonthDay,
    /// <summary>1/31/2024</summary>
    MonthDayYear,
    /// <summary>31.1.2024</summary>
    DayMonthYear,
}

/// <summary>How a date is written: the order of its parts and what stands between them. Years have four digits.</summary>
public readonly record struct DateLayout(DateOrder Order, byte Separator)
{
    /// <summary>ISO 8601: 2024-01-31.</summary>
    public static DateLayout Iso { get; } = new(DateOrder.YearMonthDay, (byte)'-');

    /// <summary>Every layout that is looked for; where two fit all values, the earlier one wins.</summary>
    public static IReadOnlyList<DateLayout> All { get; } =
    [
        Iso,
        new(DateOrder.YearMonthDay, (byte)'/'), new(DateOrder.YearMonthDay, (byte)'.'),
        new(DateOrder.MonthDayYear, (byte)'/'), new(DateOrder.DayMonthYear, (byte)'/'),
        new(DateOrder.MonthDayYear, (byte)'-'), new(DateOrder.DayMonthYear, (byte)'-'),
        new(DateOrder.DayMonthYear, (byte)'.'),
    ];

    /// <summary>As people write it: <c>M/d/yyyy</c>.</summary>
    public override string ToString()
    {
        var separator = (char)Separator;
        return Order switch
        {
            DateOrder.MonthDayYear => $"M{separator}d{separator}yyyy",
            DateOrder.DayMonthYear => $"d{separator}M{separator}yyyy",
            _ => $"yyyy{separator}MM{separator}dd",
        };
    }
}
