namespace DataMesh.Formats.Parquet.Metadata;

/// <summary>Reads footers and page headers; unknown fields are skipped. Unsound bytes throw <see cref="InvalidDataException"/>.</summary>
internal static class MetadataReader
{
    public static FileMetadata ReadFile(ReadOnlySpan<byte> footer)
    {
        var reader = new ThriftReader(footer);
        var file = new FileMetadata();
        short field = 0;
        while (reader.NextField(ref field, out var type))
        {
            switch (field)
            {
                case 2: ReadStructs(ref reader, type, file.Schema, ReadSchemaElement); break;
                case 3: file.Rows = reader.I64(type); break;
                case 4: ReadStructs(ref reader, type, file.RowGroups, ReadRowGroup); break;
                case 6: file.CreatedBy = reader.String(type); break;
                case 8: file.IsEncrypted = true; reader.Skip(type); break;
                default: reader.Skip(type); break;
            }
        }

        return file;
    }

    /// <summary>Reads a page header; <paramref name="length"/> is its size in bytes.</summary>
    public static PageHeader ReadPageHeader(ReadOnlySpan<byte> bytes, out int length)
    {
        var reader = new ThriftReader(bytes);
        var header = new PageHeader { IsCompressed = true };
        short field = 0;
        while (reader.NextField(ref field, out var type))
        {
            switch (field)
            {
                case 1: header.Type = (PageType)reader.I32(type); break;
                case 2: header.UncompressedSize = reader.I32(type); break;
                case 3: header.CompressedSize = reader.I32(type); break;
                case 5: ReadDataHeader(ref reader, type, ref header); break;
                case 7: ReadDictionaryHeader(ref reader, type, ref header); break;
                case 8: ReadDataHeaderV2(ref reader, type, ref header); break;
                default: reader.Skip(type); break;
            }
        }

        length = reader.Position;
        if (header.UncompressedSize < 0 || header.CompressedSize < 0 || header.Values < 0) throw new InvalidDataException("A page header holds a negative size.");
        return header;
    }

    private delegate T ReadStruct<T>(ref ThriftReader reader);

    private static void ReadStructs<T>(ref ThriftReader reader, ThriftType type, List<T> target, ReadStruct<T> read)
    {
        var count = reader.List(type, out var element);
        if (count > 0) ThriftReader.ExpectStruct(element);
        for (var i = 0; i < count; i++) target.Add(read(ref reader));
    }

    private static void ReadDataHeader(ref ThriftReader reader, ThriftType type, ref PageHeader header)
    {
        ThriftReader.ExpectStruct(type);
        short field = 0;
        while (reader.NextField(ref field, out var inner))
        {
            switch (field)
            {
                case 1: header.Values = reader.I32(inner); break;
                case 2: header.Encoding = (ParquetEncoding)reader.I32(inner); break;
                case 3: header.DefinitionEncoding = (ParquetEncoding)reader.I32(inner); break;
                case 4: header.RepetitionEncoding = (ParquetEncoding)reader.I32(inner); break;
                default: reader.Skip(inner); break;
            }
        }
    }

    private static void ReadDictionaryHeader(ref ThriftReader reader, ThriftType type, ref PageHeader header)
    {
        ThriftReader.ExpectStruct(type);
        short field = 0;
        while (reader.NextField(ref field, out var inner))
        {
            switch (field)
            {
                case 1: header.Values = reader.I32(inner); break;
                case 2: header.Encoding = (ParquetEncoding)reader.I32(inner); break;
                default: reader.Skip(inner); break;
            }
        }
    }

    private static void ReadDataHeaderV2(ref ThriftReader reader, ThriftType type, ref PageHeader header)
    {
        ThriftReader.ExpectStruct(type);
        short field = 0;
        while (reader.NextField(ref field, out var inner))
        {
            switch (field)
            {
                case 1: header.Values = reader.I32(inner); break;
                case 2: header.Nulls = reader.I32(inner); break;
                case 3: header.Rows = reader.I32(inner); break;
                case 4: header.Encoding = (ParquetEncoding)reader.I32(inner); break;
                case 5: header.DefinitionBytes = reader.I32(inner); break;
                case 6: header.RepetitionBytes = reader.I32(inner); break;
                case 7: header.IsCompressed = ThriftReader.Bool(inner); break;
                default: reader.Skip(inner); break;
            }
        }
    }

    private static SchemaElement ReadSchemaElement(ref ThriftReader reader)
    {
        var element = new SchemaElement();
        short field = 0;
        while (reader.NextField(ref field, out var type))
        {
            switch (field)
            {
                case 1: element.Type = (PhysicalType)reader.I32(type); break;
                case 2: element.TypeLength = reader.I32(type); break;
                case 3: element.Repetition = (Repetition)reader.I32(type); break;
                case 4: element.Name = reader.String(type); break;
                case 5: element.Children = reader.I32(type); break;
                case 6: element.Converted = (ConvertedType)reader.I32(type); break;
                case 7: element.Scale = reader.I32(type); break;
                case 8: element.Precision = reader.I32(type); break;
                case 9: element.FieldId = reader.I32(type); break;
                case 10: element.Logical = ReadLogicalType(ref reader, type); break;
                default: reader.Skip(type); break;
            }
        }

        return element;
    }

    private static LogicalType ReadLogicalType(ref ThriftReader reader, ThriftType type)
    {
        ThriftReader.ExpectStruct(type);
        var logical = default(LogicalType);
        short field = 0;
        while (reader.NextField(ref field, out var inner))
        {
            ThriftReader.ExpectStruct(inner);
            logical = ReadLogicalMembers(ref reader, new LogicalType((LogicalKind)field));
        }

        return logical;
    }

    private static LogicalType ReadLogicalMembers(ref ThriftReader reader, LogicalType logical)
    {
        short field = 0;
        while (reader.NextField(ref field, out var type))
        {
            switch (logical.Kind, field)
            {
                case (LogicalKind.Decimal, 1): logical = logical with { Scale = reader.I32(type) }; break;
                case (LogicalKind.Decimal, 2): logical = logical with { Precision = reader.I32(type) }; break;
                case (LogicalKind.Time or LogicalKind.Timestamp, 1): logical = logical with { IsUtc = ThriftReader.Bool(type) }; break;
                case (LogicalKind.Time or LogicalKind.Timestamp, 2): logical = logical with { Unit = ReadTimeUnit(ref reader, type) }; break;
                case (LogicalKind.Integer, 1): logical = logical with { Width = reader.I32(type) }; break;
                case (LogicalKind.Integer, 2): logical = logical with { IsSigned = ThriftReader.Bool(type) }; break;
                default: reader.Skip(type); break;
            }
        }

        return logical;
    }

    private static TimeUnit ReadTimeUnit(ref ThriftReader reader, ThriftType type)
    {
        ThriftReader.ExpectStruct(type);
        var unit = default(TimeUnit);
        short field = 0;
        while (reader.NextField(ref field, out var inner))
        {
            unit = (TimeUnit)field;
            reader.Skip(inner);
        }

        return unit;
    }

    private static RowGroupMetadata ReadRowGroup(ref ThriftReader reader)
    {
        var group = new RowGroupMetadata();
        short field = 0;
        while (reader.NextField(ref field, out var type))
        {
            switch (field)
            {
                case 1: ReadStructs(ref reader, type, group.Columns, ReadColumnChunk); break;
                case 2: group.TotalByteSize = reader.I64(type); break;
                case 3: group.Rows = reader.I64(type); break;
                default: reader.Skip(type); break;
            }
        }

        return group;
    }

    private static ColumnChunkMetadata ReadColumnChunk(ref ThriftReader reader)
    {
        var column = new ColumnChunkMetadata();
        short field = 0;
        while (reader.NextField(ref field, out var type))
        {
            switch (field)
            {
                case 1: column.FilePath = reader.String(type); break;
                case 3: ReadColumnMetadata(ref reader, type, column); break;
                default: reader.Skip(type); break;
            }
        }

        return column;
    }

    private static void ReadColumnMetadata(ref ThriftReader reader, ThriftType type, ColumnChunkMetadata column)
    {
        ThriftReader.ExpectStruct(type);
        column.HasMetadata = true;
        short field = 0;
        while (reader.NextField(ref field, out var inner))
        {
            switch (field)
            {
                case 1: column.Type = (PhysicalType)reader.I32(inner); break;
                case 3: column.Path = ReadPath(ref reader, inner); break;
                case 4: column.Codec = (CompressionCodec)reader.I32(inner); break;
                case 5: column.Values = reader.I64(inner); break;
                case 6: column.UncompressedSize = reader.I64(inner); break;
                case 7: column.CompressedSize = reader.I64(inner); break;
                case 9: column.DataPageOffset = reader.I64(inner); break;
                case 11: column.DictionaryPageOffset = reader.I64(inner); break;
                case 12: column.Statistics = ReadStatistics(ref reader, inner); break;
                default: reader.Skip(inner); break;
            }
        }
    }

    private static List<string> ReadPath(ref ThriftReader reader, ThriftType type)
    {
        var count = reader.List(type, out var element);
        var path = new List<string>(count);
        for (var i = 0; i < count; i++) path.Add(reader.String(element));
        return path;
    }

    private static ChunkStatistics ReadStatistics(ref ThriftReader reader, ThriftType type)
    {
        ThriftReader.ExpectStruct(type);
        var statistics = new ChunkStatistics();
        short field = 0;
        while (reader.NextField(ref field, out var inner))
        {
            switch (field)
            {
                case 3: statistics.NullCount = reader.I64(inner); break;
                case 5: statistics.Max = reader.Binary(inner).ToArray(); break;
                case 6: statistics.Min = reader.Binary(inner).ToArray(); break;
                default: reader.Skip(inner); break;
            }
        }

        return statistics;
    }
}
