using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>How values of a type are written. <paramref name="Width"/> is 0 for byte arrays and booleans.</summary>
internal readonly record struct PhysicalLayout(PhysicalType Type, int Width)
{
    public static PhysicalLayout Of(DataType type) => type.Kind switch
    {
        TypeKind.Bool => new(PhysicalType.Boolean, 0),
        TypeKind.Int64 or TypeKind.Timestamp => new(PhysicalType.Int64, 8),
        TypeKind.Float64 => new(PhysicalType.Double, 8),
        TypeKind.Date or TypeKind.Null => new(PhysicalType.Int32, 4),
        TypeKind.Decimal when type.Precision <= 9 => new(PhysicalType.Int32, 4),
        TypeKind.Decimal when type.Precision <= 18 => new(PhysicalType.Int64, 8),
        TypeKind.Decimal => new(PhysicalType.FixedLenByteArray, DecimalBytes(type.Precision)),
        _ => new(PhysicalType.ByteArray, 0),
    };

    /// <summary>The schema element of a column.</summary>
    public static SchemaElement Element(string name, DataType type, bool nullable, int? fieldId = null)
    {
        var layout = Of(type);
        return new SchemaElement
        {
            Name = name,
            Type = layout.Type,
            TypeLength = layout.Type == PhysicalType.FixedLenByteArray ? layout.Width : 0,
            Repetition = nullable ? Repetition.Optional : Repetition.Required,
            FieldId = fieldId,
            Converted = Converted(type.Kind),
            Logical = Logical(type),
        };
    }

    /// <summary>Two's complement, most significant byte first, in as many bytes as the target has.</summary>
    public static void WriteBigEndian(Int128 value, Span<byte> target)
    {
        for (var i = target.Length - 1; i >= 0; i--)
        {
            target[i] = (byte)value;
            value >>= 8;
        }
    }

    private static int DecimalBytes(int precision) => (int)Math.Ceiling((precision * Math.Log2(10) + 1) / 8);

    private static ConvertedType? Converted(TypeKind kind) => kind switch
    {
        TypeKind.String or TypeKind.Json => ConvertedType.Utf8,
        TypeKind.Date => ConvertedType.Date,
        TypeKind.Timestamp => ConvertedType.TimestampMicros,
        TypeKind.Decimal => ConvertedType.Decimal,
        _ => null,
    };

    private static LogicalType Logical(DataType type) => type.Kind switch
    {
        TypeKind.String or TypeKind.Json => new(LogicalKind.String),
        TypeKind.Date => new(LogicalKind.Date),
        TypeKind.Timestamp => new(LogicalKind.Timestamp, IsUtc: true, Unit: TimeUnit.Micros),
        TypeKind.Decimal => new(LogicalKind.Decimal, type.Scale, type.Precision),
        TypeKind.Null => new(LogicalKind.Unknown),
        _ => default,
    };
}
