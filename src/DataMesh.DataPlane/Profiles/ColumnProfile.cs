using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Profiles;

/// <summary>
/// What is known of a column's values. Texts of values are canonical (<see cref="ValueText"/>); quantiles and mean of integers and decimals are written as float64,
/// those of dates and timestamps as dates and timestamps. What does not apply to the type is null.
/// </summary>
public sealed record ColumnProfile(string Column, DataType Type)
{
    /// <summary>Rows.</summary>
    public long Count { get; init; }
    /// <summary>Rows whose value is null.</summary>
    public long Nulls { get; init; }
    /// <summary>Different values: exact up to 1,024, then within about 0.8 % (one standard error), and never more than there are values.</summary>
    public long Distinct { get; init; }
    /// <summary>Smallest value, exact; NaN is left out. Strings compare by their bytes.</summary>
    public string? Min { get; init; }
    /// <summary>Largest value, exact.</summary>
    public string? Max { get; init; }
    /// <summary>Mean.</summary>
    public string? Mean { get; init; }
    /// <summary>Sample standard deviation; of timestamps in seconds, of dates in days.</summary>
    public double? StandardDeviation { get; init; }
    /// <summary>Values at the ranks of <see cref="Ranks"/>; empty for types without.</summary>
    public IReadOnlyList<string> Quantiles { get; init; } = [];
    /// <summary>How far a quantile can be off, relative to itself; 0 means exact.</summary>
    public double QuantileError { get; init; }
    /// <summary>Shortest value, in bytes.</summary>
    public int? LengthMin { get; init; }
    /// <summary>Longest value, in bytes.</summary>
    public int? LengthMax { get; init; }
    /// <summary>Mean length, in bytes.</summary>
    public double? LengthMean { get; init; }
    /// <summary>Share of true among the known booleans.</summary>
    public double? TrueFraction { get; init; }
    /// <summary>The most frequent values with exact counts; empty when there are more than 16,384 different ones.</summary>
    public IReadOnlyList<ValueCount> Top { get; init; } = [];

    /// <summary>Share of nulls.</summary>
    public double NullFraction => Count == 0 ? 0 : (double)Nulls / Count;

    /// <summary>The ranks of <see cref="Quantiles"/>.</summary>
    public static IReadOnlyList<double> Ranks { get; } = [0.05, 0.25, 0.5, 0.75, 0.95];
}

/// <summary>A value and how often it occurs.</summary>
public sealed record ValueCount(string Value, long Count);
