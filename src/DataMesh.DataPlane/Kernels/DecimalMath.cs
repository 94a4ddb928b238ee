namespace DataMesh.DataPlane.Kernels;

/// <summary>How a number with too many digits after the point is shortened.</summary>
public enum DecimalRounding
{
    /// <summary>To the nearest, a half to the even neighbour: 2.5 gives 2, 3.5 gives 4.</summary>
    HalfEven,
    /// <summary>To the nearest, a half away from zero: 2.5 gives 3, -2.5 gives -3.</summary>
    HalfAway,
}

/// <summary>Helpers on unscaled decimals.</summary>
internal static class DecimalMath
{
    private static readonly Int128[] Powers = MakePowers();

    /// <summary>10 to the <paramref name="exponent"/> (0 to 38).</summary>
    public static Int128 PowerOfTen(int exponent) => Powers[exponent];

    /// <summary>a * b, false when it does not fit.</summary>
    public static bool TryMultiply(Int128 a, Int128 b, out Int128 result)
    {
        if (b == 1)
        {
            result = a;
            return true;
        }

        var (small, large) = ((Int128)long.MinValue, (Int128)long.MaxValue);
        if (a >= small && a <= large && b >= small && b <= large)
        {
            result = a * b;
            return true;
        }

        try
        {
            result = checked(a * b);
            return true;
        }
        catch (OverflowException)
        {
            result = 0;
            return false;
        }
    }

    /// <summary>value / 10^digits, rounded.</summary>
    public static Int128 DropDigits(Int128 value, int digits, DecimalRounding rounding)
    {
        if (digits == 0) return value;
        if (digits > 38) return 0;
        var divisor = PowerOfTen(digits);
        var (quotient, rest) = (value / divisor, value % divisor);
        var magnitude = rest < 0 ? -rest : rest;
        var half = divisor / 2;
        var up = magnitude > half || (magnitude == half && (rounding == DecimalRounding.HalfAway || (quotient & 1) != 0));
        return up ? quotient + (value < 0 ? -1 : 1) : quotient;
    }

    /// <summary>Another scale; false when the result has more than <paramref name="precision"/> digits.</summary>
    public static bool TryRescale(Int128 value, int fromScale, int toScale, int precision, DecimalRounding rounding, out Int128 result)
    {
        result = 0;
        if (toScale < fromScale) result = DropDigits(value, fromScale - toScale, rounding);
        else if (!TryMultiply(value, PowerOfTen(toScale - fromScale), out result)) return false;
        var limit = PowerOfTen(precision);
        return result < limit && result > -limit;
    }

    private static Int128[] MakePowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
