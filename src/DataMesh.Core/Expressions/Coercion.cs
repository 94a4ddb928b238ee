using System.Globalization;
using System.Numerics;
using DataMesh.Core.Columns;

namespace DataMesh.Core.Expressions;

/// <summary>
/// The implicit conversions: null to anything; int64 to decimal; int64 and decimal to float64; date to timestamp; json to string;
/// a text literal to date or timestamp. Everything else needs a cast.
/// </summary>
public static class Coercion
{
    /// <summary>Digits that every int64 fits into.</summary>
    public const int Int64Digits = 19;

    /// <summary>What a conversion costs when overloads are compared: 0 for none, -1 when there is none.</summary>
    public static int Cost(BoundExpression value, DataType target)
    {
        var from = value.Type;
        if (from == target) return 0;
        return (from.Kind, target.Kind) switch
        {
            (TypeKind.Null, _) => 1,
            (TypeKind.Int64, TypeKind.Decimal) => 2,
            (TypeKind.Int64, TypeKind.Float64) => 3,
            (TypeKind.Decimal, TypeKind.Decimal) => 1,
            (TypeKind.Decimal, TypeKind.Float64) => 2,
            (TypeKind.Date, TypeKind.Timestamp) => 2,
            (TypeKind.Json, TypeKind.String) => 2,
            (TypeKind.String, TypeKind.Date) when Literal(value) is { } text && DateTimeParser.TryDate(text.Bytes, out _) => 4,
            (TypeKind.String, TypeKind.Timestamp) when Literal(value) is { } text && DateTimeParser.TryTimestamp(text.Bytes, null, out _) => 5,
            _ => -1,
        };
    }

    /// <summary>The type that both can become, or null when there is none.</summary>
    public static DataType? Common(BoundExpression a, BoundExpression b)
    {
        if (a.Type == b.Type) return a.Type;
        if (a.Type.IsNumeric && b.Type.IsNumeric) return CommonNumber(a, b);
        if (Cost(a, b.Type) >= 0) return b.Type;
        if (Cost(b, a.Type) >= 0) return a.Type;
        // A timestamp text beside a date column: compare as timestamps.
        if (a.Type.Kind == TypeKind.Date && Cost(b, DataType.Timestamp) >= 0 || b.Type.Kind == TypeKind.Date && Cost(a, DataType.Timestamp) >= 0) return DataType.Timestamp;
        return null;
    }

    /// <summary>The value as <paramref name="target"/>; the caller made sure that the conversion exists.</summary>
    public static BoundExpression Convert(BoundExpression value, DataType target)
    {
        if (value.Type == target) return value;
        if (value is BoundLiteral literal && TryConvert(literal, target) is { } converted) return new BoundLiteral(converted, value.Offset);
        return new BoundCast(value, target, Try: false, value.Offset);
    }

    /// <summary>A literal number as an exact decimal type: 1.50 is decimal(3,2). Null when it has more than 38 digits.</summary>
    public static DataType? DecimalOf(BoundExpression value)
    {
        if (value.Type.Kind == TypeKind.Decimal) return value.Type;
        if (value is BoundLiteral { Text: { } text } && TryDecimal(text, out _, out var type)) return type;
        return value.Type.Kind == TypeKind.Int64 ? DataType.Decimal(Int64Digits, 0) : null;
    }

    private static DataType CommonNumber(BoundExpression a, BoundExpression b)
    {
        if (a.Type.Kind == TypeKind.Decimal || b.Type.Kind == TypeKind.Decimal)
        {
            if (DecimalOf(a) is { } left && DecimalOf(b) is { } right) return Widest(left, right);
            return DataType.Float64;
        }

        return DataType.Float64;
    }

    /// <summary>The decimal that holds every value of both; float64 when that needs more than 38 digits.</summary>
    public static DataType Widest(DataType a, DataType b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        var precision = Math.Max(a.Precision - a.Scale, b.Precision - b.Scale) + scale;
        return precision <= 38 ? DataType.Decimal(precision, scale) : DataType.Float64;
    }

    private static Scalar? Literal(BoundExpression value) => value is BoundLiteral { Value.IsNull: false } literal ? literal.Value : null;

    private static Scalar? TryConvert(BoundLiteral literal, DataType target)
    {
        var value = literal.Value;
        if (value.IsNull) return Scalar.Null(target);
        switch (target.Kind)
        {
            case TypeKind.Float64 when value.Type.Kind == TypeKind.Int64: return Scalar.Of((double)value.Long);
            case TypeKind.Timestamp when value.Type.Kind == TypeKind.Date: return Scalar.Timestamp(value.Long * 86_400_000_000L);
            case TypeKind.Date when value.Type.Kind == TypeKind.String && DateTimeParser.TryDate(value.Bytes, out var days): return Scalar.Date(days);
            case TypeKind.Timestamp when value.Type.Kind == TypeKind.String && DateTimeParser.TryTimestamp(value.Bytes, null, out var micros): return Scalar.Timestamp(micros);
            case TypeKind.String when value.Type.Kind == TypeKind.Json: return Scalar.Of(target, value.Bytes);
            case TypeKind.Decimal when literal.Text is not null && TryDecimal(literal.Text, out var unscaled, out var type) && type.Scale <= target.Scale:
                return Scalar.Of(target, unscaled * (Int128)BigInteger.Pow(10, target.Scale - type.Scale));
            default: return null;
        }
    }

    private static bool TryDecimal(string text, out Int128 unscaled, out DataType type)
    {
        type = default;
        var digits = text.TrimStart('-');
        var point = digits.IndexOf('.');
        var scale = point < 0 ? 0 : digits.Length - point - 1;
        unscaled = 0;
        if (digits.Length > 38 || !Int128.TryParse(text.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out unscaled)) return false;
        var precision = Math.Max(1, digits.Length - (point < 0 ? 0 : 1));
        type = DataType.Decimal(Math.Max(precision, scale), scale);
        return true;
    }
}
