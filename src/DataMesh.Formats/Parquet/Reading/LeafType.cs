using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>How physical values of a leaf become values of ours.</summary>
internal enum LeafConversion
{
    /// <summary>As they are, or booleans as bytes.</summary>
    None,
    Int32ToInt64,
    UInt32ToInt64,
    UInt64ToDecimal,
    FloatToDouble,
    HalfToDouble,
    MillisToTimestamp,
    NanosToTimestamp,
    Int96ToTimestamp,
    Int32ToDecimal,
    Int64ToDecimal,
    BytesToDecimal,
    UuidToText,
    TimeMillisToText,
    TimeMicrosToText,
    TimeNanosToText,
    FixedToBytes,
    AllNull,
}

/// <summary>What a leaf of a file is read as.</summary>
internal readonly record struct LeafType(DataType Type, LeafConversion Conversion)
{
    public static LeafType Of(SchemaElement element)
    {
        if (element.Logical.Kind == LogicalKind.Unknown) return new(DataType.Null, LeafConversion.AllNull);
        if (element.Logical.Kind == LogicalKind.Decimal || element.Converted == ConvertedType.Decimal) return Decimal(element);
        return element.Type switch
        {
            PhysicalType.Boolean => new(DataType.Bool, LeafConversion.None),
            PhysicalType.Int32 => Int32(element),
            PhysicalType.Int64 => Int64(element),
            PhysicalType.Int96 => new(DataType.Timestamp, LeafConversion.Int96ToTimestamp),
            PhysicalType.Float => new(DataType.Float64, LeafConversion.FloatToDouble),
            PhysicalType.Double => new(DataType.Float64, LeafConversion.None),
            PhysicalType.ByteArray => new(Bytes(element), LeafConversion.None),
            PhysicalType.FixedLenByteArray => FixedBytes(element),
            _ => throw new InvalidDataException($"Column '{element.Name}' has the unknown physical type {element.Type}."),
        };
    }

    private static LeafType Int32(SchemaElement element)
    {
        if (element.Logical.Kind == LogicalKind.Date || element.Converted == ConvertedType.Date) return new(DataType.Date, LeafConversion.None);
        if (element.Logical.Kind == LogicalKind.Time || element.Converted == ConvertedType.TimeMillis) return new(DataType.String, LeafConversion.TimeMillisToText);
        var isUnsigned = element.Logical is { Kind: LogicalKind.Integer, IsSigned: false } || element.Converted is ConvertedType.Uint8 or ConvertedType.Uint16 or ConvertedType.Uint32;
        return new(DataType.Int64, isUnsigned ? LeafConversion.UInt32ToInt64 : LeafConversion.Int32ToInt64);
    }

    private static LeafType Int64(SchemaElement element) => element switch
    {
        { Logical: { Kind: LogicalKind.Timestamp, Unit: TimeUnit.Millis } } or { Converted: ConvertedType.TimestampMillis } => new(DataType.Timestamp, LeafConversion.MillisToTimestamp),
        { Logical: { Kind: LogicalKind.Timestamp, Unit: TimeUnit.Nanos } } => new(DataType.Timestamp, LeafConversion.NanosToTimestamp),
        { Logical.Kind: LogicalKind.Timestamp } or { Converted: ConvertedType.TimestampMicros } => new(DataType.Timestamp, LeafConversion.None),
        { Logical: { Kind: LogicalKind.Time, Unit: TimeUnit.Nanos } } => new(DataType.String, LeafConversion.TimeNanosToText),
        { Logical.Kind: LogicalKind.Time } or { Converted: ConvertedType.TimeMicros } => new(DataType.String, LeafConversion.TimeMicrosToText),
        { Logical: { Kind: LogicalKind.Integer, IsSigned: false } } or { Converted: ConvertedType.Uint64 } => new(DataType.Decimal(20, 0), LeafConversion.UInt64ToDecimal),
        _ => new(DataType.Int64, LeafConversion.None),
    };

    private static DataType Bytes(SchemaElement element) => element switch
    {
        { Logical.Kind: LogicalKind.Json } or { Converted: ConvertedType.Json } => DataType.Json,
        { Logical.Kind: LogicalKind.String or LogicalKind.Enum } or { Converted: ConvertedType.Utf8 or ConvertedType.Enum } => DataType.String,
        _ => DataType.Binary,
    };

    private static LeafType FixedBytes(SchemaElement element) => element.Logical.Kind switch
    {
        LogicalKind.Uuid when element.TypeLength == 16 => new(DataType.String, LeafConversion.UuidToText),
        LogicalKind.Float16 when element.TypeLength == 2 => new(DataType.Float64, LeafConversion.HalfToDouble),
        _ => new(DataType.Binary, LeafConversion.FixedToBytes),
    };

    private static LeafType Decimal(SchemaElement element)
    {
        var isLogical = element.Logical.Kind == LogicalKind.Decimal;
        var (precision, scale) = isLogical ? (element.Logical.Precision, element.Logical.Scale) : (element.Precision, element.Scale);
        if (precision is < 1 or > 38 || scale < 0 || scale > precision)
            throw new DataMeshException($"Column '{element.Name}' is a decimal({precision},{scale}); up to 38 digits can be read.", hint: "leave the column out, or cast it before it is written");
        return new(DataType.Decimal(precision, scale), element.Type switch
        {
            PhysicalType.Int32 => LeafConversion.Int32ToDecimal,
            PhysicalType.Int64 => LeafConversion.Int64ToDecimal,
            PhysicalType.ByteArray or PhysicalType.FixedLenByteArray => LeafConversion.BytesToDecimal,
            _ => throw new InvalidDataException($"Column '{element.Name}' is a decimal of physical type {element.Type}."),
        });
    }
}
