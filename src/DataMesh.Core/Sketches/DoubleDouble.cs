using System.Runtime.CompilerServices;

namespace DataMesh.Core.Sketches;

/// <summary>
/// A number as the unevaluated sum of two doubles, about 106 bits: sums in it are so much more exact than a double that, rounded to a double, they do not
/// depend on the order of the terms or on which core added which (short of sums that cancel out more than 15 digits). Knuth's and Dekker's error-free transforms.
/// </summary>
public struct DoubleDouble(double high, double low = 0)
{
    /// <summary>The leading part.</summary>
    public double High = high;

    /// <summary>The rest.</summary>
    public double Low = low;

    /// <summary>The nearest double.</summary>
    public readonly double Value => double.IsFinite(High) ? High + Low : High;

    /// <summary>this += value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        var sum = High + value;
        var part = sum - High;
        Low += (High - (sum - part)) + (value - part);
        High = sum;
    }

    /// <summary>this += value².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddSquare(double value)
    {
        var square = value * value;
        Low += Math.FusedMultiplyAdd(value, value, -square);
        Add(square);
    }

    /// <summary>this += other.</summary>
    public void Add(DoubleDouble other)
    {
        Add(other.High);
        Low += other.Low;
        Normalise();
    }

    /// <summary>Moves what fits from the low into the high part.</summary>
    public void Normalise()
    {
        var sum = High + Low;
        if (!double.IsFinite(sum)) return;
        Low -= sum - High;
        High = sum;
    }

    /// <summary>The product of two.</summary>
    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        var product = a.High * b.High;
        var rest = Math.FusedMultiplyAdd(a.High, b.High, -product) + a.High * b.Low + a.Low * b.High;
        var result = new DoubleDouble(product, rest);
        result.Normalise();
        return result;
    }

    /// <summary>The quotient by a double.</summary>
    public static DoubleDouble operator /(DoubleDouble a, double divisor)
    {
        var quotient = a.High / divisor;
        var rest = (Math.FusedMultiplyAdd(-quotient, divisor, a.High) + a.Low) / divisor;
        var result = new DoubleDouble(quotient, rest);
        result.Normalise();
        return result;
    }

    /// <summary>The difference of two.</summary>
    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b)
    {
        a.Add(new DoubleDouble(-b.High, -b.Low));
        return a;
    }
}
