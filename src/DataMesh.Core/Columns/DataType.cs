using System.Globalization;

namespace DataMesh.Core.Columns;

/// <summary>A column's type. Precision and scale are 0 for everything but decimals.</summary>
public readonly record struct DataType(TypeKind Kind, byte Precision = 0, byte Scale = 0)
{
    /// <summary>Only nulls so far.</summary>
    public static DataType Null => new(TypeKind.Null);
    /// <summary>bool</summary>
    public static DataType Bool => new(TypeKind.Bool);
    /// <summary>int64</summary>
    public static DataType Int64 => new(TypeKind.Int64);
    /// <summary>float64</summary>
    public static DataType Float64 => new(TypeKind.Float64);
    /// <summary>string</summary>
    public static DataType String => new(TypeKind.String);
    /// <summary>date</summary>
    public static DataType Date => new(TypeKind.Date);
    /// <summary>timestamp (µs, UTC)</summary>
    public static DataType Timestamp => new(TypeKind.Timestamp);
    /// <summary>binary</summary>
    public static DataType Binary => new(TypeKind.Binary);
    /// <summary>json</summary>
    public static DataType Json => new(TypeKind.Json);

    /// <summary>decimal(precision, scale): precision 1 to 38, scale 0 to precision.</summary>
    public static DataType Decimal(int precision, int scale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(precision, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(precision, 38);
        ArgumentOutOfRangeException.ThrowIfNegative(scale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, precision);
        return new(TypeKind.Decimal, (byte)precision, (byte)scale);
    }

    /// <summary>int64, float64 or decimal.</summary>
    public bool IsNumeric => Kind is TypeKind.Int64 or TypeKind.Float64 or TypeKind.Decimal;

    /// <summary>string, binary or json: values of any length, held by a <see cref="VarColumn"/>.</summary>
    public bool IsVariable => Kind is TypeKind.String or TypeKind.Binary or TypeKind.Json;

    /// <summary>Bytes per value of the fixed-width types; 0 for bool (bits), variable and null types.</summary>
    public int Width => Kind switch
    {
        TypeKind.Int64 or TypeKind.Float64 or TypeKind.Timestamp => 8,
        TypeKind.Date => 4,
        TypeKind.Decimal => 16,
        _ => 0,
    };

    /// <summary>The type's name in a sentence: <c>an int64</c>, <c>a string</c>.</summary>
    public string WithArticle(bool begins = false) => $"{(begins ? "A" : "a")}{(Kind == TypeKind.Int64 ? "n" : "")} {this}";

    /// <summary>The names users may write, without their aliases.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["bool", "int64", "float64", "decimal(p,s)", "string", "date", "timestamp", "binary", "json"];

    /// <summary>Reads <c>int64</c>, <c>decimal(10,2)</c> and so on, and the aliases a SQL user would try.</summary>
    public static bool TryParse(string text, out DataType type)
    {
        text = text.Trim().ToLowerInvariant();
        type = text switch
        {
            "bool" or "boolean" => Bool,
            "int64" or "int" or "integer" or "bigint" or "long" => Int64,
            "float64" or "float" or "double" or "real" or "number" => Float64,
            "string" or "text" or "varchar" => String,
            "date" => Date,
            "timestamp" or "datetime" or "timestamptz" => Timestamp,
            "binary" or "bytes" => Binary,
            "json" => Json,
            "null" => Null,
            _ => new DataType((TypeKind)255),
        };
        if (type.Kind != (TypeKind)255) return true;
        return TryParseDecimal(text, out type);
    }

    private static bool TryParseDecimal(string text, out DataType type)
    {
        type = default;
        var name = text.StartsWith("decimal", StringComparison.Ordinal) ? "decimal" : text.StartsWith("numeric", StringComparison.Ordinal) ? "numeric" : null;
        if (name is null) return false;
        var rest = text[name.Length..].Trim();
        if (rest.Length < 3 || rest[0] != '(' || rest[^1] != ')') return false;
        var parts = rest[1..^1].Split(',');
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var precision)) return false;
        var scale = 0;
        if (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out scale)) return false;
        if (precision is < 1 or > 38 || scale < 0 || scale > precision) return false;
        type = Decimal(precision, scale);
        return true;
    }

    /// <summary>The type's name as users write it.</summary>
    public override string ToString() => Kind == TypeKind.Decimal
        ? $"decimal({Precision},{Scale})"
        : Kind.ToString().ToLowerInvariant();
}
