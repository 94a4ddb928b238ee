using System.Runtime.CompilerServices;

namespace DataMesh.Core.Sketches;

/// <summary>
/// Count, sum and sum of squares, both sums in <see cref="DoubleDouble"/>: mean and variance come out the same whatever the order of the values and merges,
/// and with about 30 digits to lose to cancellation the variance needs no running mean.
/// </summary>
public struct Moments
{
    private const byte Version = 1;

    /// <summary>Values seen.</summary>
    public long Count;

    /// <summary>Their sum.</summary>
    public DoubleDouble Sum;

    /// <summary>The sum of their squares.</summary>
    public DoubleDouble SumOfSquares;

    /// <summary>Adds a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        Count++;
        Sum.Add(value);
        SumOfSquares.AddSquare(value);
    }

    /// <summary>Adds what another has seen.</summary>
    public void Merge(in Moments other)
    {
        Count += other.Count;
        Sum.Add(other.Sum);
        SumOfSquares.Add(other.SumOfSquares);
    }

    /// <summary>The mean; NaN of nothing.</summary>
    public readonly double Mean => Count == 0 ? double.NaN : (Sum / Count).Value;

    /// <summary>The variance of the values as a whole population; NaN of nothing.</summary>
    public readonly double PopulationVariance => Count == 0 ? double.NaN : Math.Max(0, SquaredDeviations() / Count);

    /// <summary>The variance of the values as a sample; NaN of fewer than two.</summary>
    public readonly double SampleVariance => Count < 2 ? double.NaN : Math.Max(0, SquaredDeviations() / (Count - 1));

    /// <summary>The byte form.</summary>
    public readonly byte[] ToBytes()
    {
        var writer = new SketchWriter(Version);
        writer.Int64(Count);
        foreach (var part in (ReadOnlySpan<double>)[Sum.High, Sum.Low, SumOfSquares.High, SumOfSquares.Low]) writer.Double(part);
        return writer.ToArray();
    }

    /// <summary>Reads the byte form.</summary>
    public static Moments FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new SketchReader(bytes, Version);
        return new Moments
        {
            Count = reader.Int64(),
            Sum = new DoubleDouble(reader.Double(), reader.Double()),
            SumOfSquares = new DoubleDouble(reader.Double(), reader.Double()),
        };
    }

    private readonly double SquaredDeviations() => (SumOfSquares - Sum * Sum / Count).Value;
}
