using System.Numerics;
using System.Runtime.Intrinsics;

namespace DataMesh.DataPlane.Kernels;

/// <summary>A comparison of two numbers, one by one and by vectors. NaN follows IEEE 754: it equals nothing.</summary>
internal interface IComparison
{
    static abstract bool Test<T>(T a, T b) where T : unmanaged, INumber<T>;

    static abstract Vector512<T> Test<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T>;

    static abstract Vector256<T> Test<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged, INumber<T>;

    /// <summary>The same on the outcome of a three-way comparison (texts).</summary>
    static abstract bool Test(int order);

    /// <summary>The same on 64 bools.</summary>
    static abstract ulong Test(ulong a, ulong b);
}

internal readonly struct IsEqual : IComparison
{
    public static bool Test<T>(T a, T b) where T : unmanaged, INumber<T> => a == b;
    public static Vector512<T> Test<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => Vector512.Equals(a, b);
    public static Vector256<T> Test<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged, INumber<T> => Vector256.Equals(a, b);
    public static bool Test(int order) => order == 0;
    public static ulong Test(ulong a, ulong b) => ~(a ^ b);
}

internal readonly struct IsNotEqual : IComparison
{
    public static bool Test<T>(T a, T b) where T : unmanaged, INumber<T> => a != b;
    public static Vector512<T> Test<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => ~Vector512.Equals(a, b);
    public static Vector256<T> Test<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged, INumber<T> => ~Vector256.Equals(a, b);
    public static bool Test(int order) => order != 0;
    public static ulong Test(ulong a, ulong b) => a ^ b;
}

internal readonly struct IsLess : IComparison
{
    public static bool Test<T>(T a, T b) where T : unmanaged, INumber<T> => a < b;
    public static Vector512<T> Test<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => Vector512.LessThan(a, b);
    public static Vector256<T> Test<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged, INumber<T> => Vector256.LessThan(a, b);
    public static bool Test(int order) => order < 0;
    public static ulong Test(ulong a, ulong b) => ~a & b;
}

internal readonly struct IsLessOrEqual : IComparison
{
    public static bool Test<T>(T a, T b) where T : unmanaged, INumber<T> => a <= b;
    public static Vector512<T> Test<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => Vector512.LessThanOrEqual(a, b);
    public static Vector256<T> Test<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged, INumber<T> => Vector256.LessThanOrEqual(a, b);
    public static bool Test(int order) => order <= 0;
    public static ulong Test(ulong a, ulong b) => ~a | b;
}

internal readonly struct IsGreater : IComparison
{
    public static bool Test<T>(T a, T b) where T : unmanaged, INumber<T> => a > b;
    public static Vector512<T> Test<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => Vector512.GreaterThan(a, b);
    public static Vector256<T> Test<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged, INumber<T> => Vector256.GreaterThan(a, b);
    public static bool Test(int order) => order > 0;
    public static ulong Test(ulong a, ulong b) => a & ~b;
}

internal readonly struct IsGreaterOrEqual : IComparison
{
    public static bool Test<T>(T a, T b) where T : unmanaged, INumber<T> => a >= b;
    public static Vector512<T> Test<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged, INumber<T> => Vector512.GreaterThanOrEqual(a, b);
    public static Vector256<T> Test<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged, INumber<T> => Vector256.GreaterThanOrEqual(a, b);
    public static bool Test(int order) => order >= 0;
    public static ulong Test(ulong a, ulong b) => a | ~b;
}
