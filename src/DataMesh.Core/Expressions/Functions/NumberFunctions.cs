using static DataMesh.Core.Expressions.FunctionCategory;

namespace DataMesh.Core.Expressions.Functions;

/// <summary>Functions of numbers. What has no mathematical result (the root of -1) is null.</summary>
internal static class NumberFunctions
{
    public static FunctionDescription[] All { get; } =
    [
        new("abs", Numbers, "The value without its sign.", ["abs(x int64) -> int64", "abs(x decimal) -> N", "abs(x float64) -> float64"], ["abs(-5) => 5", "abs(-2.5) => 2.5"]),
        new("sign", Numbers, "-1, 0 or 1.", ["sign(x float64) -> int64"], ["sign(-3.5) => -1"]),
        new("round", Numbers, "Rounded to a number of digits after the point (negative: before it), a half away from zero.", ["round(x int64, digits int64?) -> int64", "round(x decimal, digits int64?) -> N", "round(x float64, digits int64?) -> float64"],
            ["round(2.5) => 3.0", "round(3.14159, 2) => 3.14", "round(1250, -2) => 1300"]),
        new("ceil", Numbers, "The next whole number up.", ["ceil(x int64) -> int64", "ceil(x float64) -> float64"], ["ceil(1.2) => 2.0", "ceil(-1.2) => -1.0"]) { Aliases = ["ceiling"] },
        new("floor", Numbers, "The next whole number down.", ["floor(x int64) -> int64", "floor(x float64) -> float64"], ["floor(1.8) => 1.0", "floor(-1.2) => -2.0"]),
        new("trunc", Numbers, "Without the digits after the point.", ["trunc(x int64) -> int64", "trunc(x float64) -> float64"], ["trunc(-1.8) => -1.0"]),
        new("mod", Numbers, "The remainder, as <c>%</c>: it has the sign of the first argument; null when the second is zero.", ["mod(x N, y N) -> N?"], ["mod(7, 3) => 1", "mod(-7, 3) => -1"]),
        new("gcd", Numbers, "The greatest common divisor.", ["gcd(x int64, y int64) -> int64"], ["gcd(12, 18) => 6"]),
        new("sqrt", Numbers, "The square root; null of a negative number.", ["sqrt(x float64) -> float64?"], ["sqrt(16) => 4.0", "sqrt(-1) => null"]),
        new("cbrt", Numbers, "The cube root.", ["cbrt(x float64) -> float64?"], ["cbrt(27) => 3.0"]),
        new("power", Numbers, "x to the power of y; also written <c>x ^ y</c>.", ["power(x float64, y float64) -> float64?"], ["power(2, 10) => 1024.0", "2 ^ 3 => 8.0"]) { Aliases = ["pow"] },
        new("exp", Numbers, "e to the power of x.", ["exp(x float64) -> float64?"], ["exp(0) => 1.0"]),
        new("ln", Numbers, "The natural logarithm; null of what is not positive.", ["ln(x float64) -> float64?"], ["ln(1) => 0.0", "ln(0) => null"]),
        new("log10", Numbers, "The logarithm to base 10; null of what is not positive.", ["log10(x float64) -> float64?"], ["log10(1000) => 3.0"]),
        new("log2", Numbers, "The logarithm to base 2; null of what is not positive.", ["log2(x float64) -> float64?"], ["log2(8) => 3.0"]),
        new("log", Numbers, "The logarithm to base 10, or to a base given first; null of what is not positive.", ["log(x float64) -> float64?", "log(base float64, x float64) -> float64?"], ["log(100) => 2.0", "log(2, 8) => 3.0"]),
        new("sin", Numbers, "The sine of an angle in radians.", ["sin(x float64) -> float64?"], ["sin(0) => 0.0"]),
        new("cos", Numbers, "The cosine of an angle in radians.", ["cos(x float64) -> float64?"], ["cos(0) => 1.0"]),
        new("tan", Numbers, "The tangent of an angle in radians.", ["tan(x float64) -> float64?"], ["tan(0) => 0.0"]),
        new("asin", Numbers, "The arc sine; null outside of -1 to 1.", ["asin(x float64) -> float64?"], ["asin(0) => 0.0", "asin(2) => null"]),
        new("acos", Numbers, "The arc cosine; null outside of -1 to 1.", ["acos(x float64) -> float64?"], ["acos(1) => 0.0"]),
        new("atan", Numbers, "The arc tangent.", ["atan(x float64) -> float64?"], ["atan(0) => 0.0"]),
        new("atan2", Numbers, "The angle of the point (x, y).", ["atan2(y float64, x float64) -> float64"], ["atan2(0, 1) => 0.0"]),
        new("sinh", Numbers, "The hyperbolic sine.", ["sinh(x float64) -> float64?"], ["sinh(0) => 0.0"]),
        new("cosh", Numbers, "The hyperbolic cosine.", ["cosh(x float64) -> float64?"], ["cosh(0) => 1.0"]),
        new("tanh", Numbers, "The hyperbolic tangent.", ["tanh(x float64) -> float64?"], ["tanh(0) => 0.0"]),
        new("degrees", Numbers, "Radians as degrees.", ["degrees(x float64) -> float64?"], ["degrees(pi()) => 180.0"]),
        new("radians", Numbers, "Degrees as radians.", ["radians(x float64) -> float64?"], ["radians(180) = pi() => true"]),
        new("pi", Numbers, "The number pi.", ["pi() -> float64"], ["round(pi(), 4) => 3.1416"]),
        new("isnan", Numbers, "Whether the value is NaN.", ["isnan(x float64) -> bool"], ["isnan(cast('nan' as float64)) => true", "isnan(1) => false"]),
        new("isfinite", Numbers, "Whether the value is neither infinite nor NaN.", ["isfinite(x float64) -> bool"], ["isfinite(1) => true", "isfinite(cast('inf' as float64)) => false"]),
        new("isinf", Numbers, "Whether the value is infinite.", ["isinf(x float64) -> bool"], ["isinf(cast('-inf' as float64)) => true"]),
        new("greatest", Numbers, "The greatest of its arguments; nulls are left out.", ["greatest(value T...) -> T"], ["greatest(1, 3, 2) => 3", "greatest(1, null, 2.5) => 2.5", "greatest('a', 'b') => 'b'"]),
        new("least", Numbers, "The least of its arguments; nulls are left out.", ["least(value T...) -> T"], ["least(3, 1, 2) => 1", "least(date '2024-01-02', '2024-01-01') => date '2024-01-01'"]),
    ];
}
