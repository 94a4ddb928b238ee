namespace DataMesh.Formats.Parquet.Metadata;

/// <summary>Writes footers and page headers. Field numbers are those of parquet.thrift in apache/parquet-format.</summary>
internal static class MetadataWriter
{
    public static void WriteFile(ThriftWriter writer, FileMetadata file)
    {
        writer.Field(1, 2);
        writer.List(2, ThriftType.Struct, file.Schema.Count);
        foreach (var element in file.Schema) WriteSchemaElement(writer, element);
        writer.Field(3, file.Rows);
        writer.List(4, ThriftType.Struct, file.RowGroups.Count);
        for (var i = 0; i < file.RowGroups.Count; i++) WriteRowGroup(writer, file.RowGroups[i], i);
        if (file.CreatedBy is not null) writer.Field(6, file.CreatedBy);
        var leaves = file.Schema.Count(element => element.Children == 0 && element.Type is not null);
        writer.List(7, ThriftType.Struct, leaves);
        for (var i = 0; i < leaves; i++)
        {
            writer.BeginElement();
            writer.EmptyStruct(1);
            writer.EndStruct();
        }

        writer.Stop();
    }

    public static void WriteDataPageHeader(ThriftWriter writer, int uncompressed, int compressed, int values, ParquetEncoding encoding)
    {
        writer.Field(1, (int)PageType.Data);
        writer.Field(2, uncompressed);
        writer.Field(3, compressed);
        writer.BeginStruct(5);
        writer.Field(1, values);
        writer.Field(2, (int)encoding);
        writer.Field(3, (int)ParquetEncoding.Rle);
        writer.Field(4, (int)ParquetEncoding.Rle);
        writer.EndStruct();
        writer.Stop();
    }

    public static void WriteDictionaryPageHeader(ThriftWriter writer, int uncompressed, int compressed, int values)
    {
        writer.Field(1, (int)PageType.Dictionary);
        writer.Field(2, uncompressed);
        writer.Field(3, compressed);
        writer.BeginStruct(7);
        writer.Field(1, values);
        writer.Field(2, (int)ParquetEncoding.Plain);
        writer.EndStruct();
        writer.Stop();
    }

    private static void WriteSchemaElement(ThriftWriter writer, SchemaElement element)
    {
        writer.BeginElement();
        if (element.Type is { } type) writer.Field(1, (int)type);
        if (element.TypeLength > 0) writer.Field(2, element.TypeLength);
        if (element.Repetition is { } repetition) writer.Field(3, (int)repetition);
        writer.Field(4, element.Name);
        if (element.Type is null) writer.Field(5, element.Children);
        if (element.Converted is { } converted) writer.Field(6, (int)converted);
        if (element.Logical.Kind == LogicalKind.Decimal)
        {
            writer.Field(7, element.Logical.Scale);
            writer.Field(8, element.Logical.Precision);
        }

        if (element.FieldId is { } id) writer.Field(9, id);
        if (element.Logical.Kind != LogicalKind.None) WriteLogicalType(writer, element.Logical);
        writer.EndStruct();
    }

    private static void WriteLogicalType(ThriftWriter writer, LogicalType logical)
    {
        writer.BeginStruct(10);
        writer.BeginStruct((short)logical.Kind);
        switch (logical.Kind)
        {
            case LogicalKind.Decimal:
                writer.Field(1, logical.Scale);
                writer.Field(2, logical.Precision);
                break;
            case LogicalKind.Timestamp or LogicalKind.Time:
                writer.Field(1, logical.IsUtc);
                writer.BeginStruct(2);
                writer.EmptyStruct((short)logical.Unit);
                writer.EndStruct();
                break;
            case LogicalKind.Integer:
                writer.Field(1, (sbyte)logical.Width);
                writer.Field(2, logical.IsSigned);
                break;
        }

        writer.EndStruct();
        writer.EndStruct();
    }

    private static void WriteRowGroup(ThriftWriter writer, RowGroupMetadata group, int ordinal)
    {
        writer.BeginElement();
        writer.List(1, ThriftType.Struct, group.Columns.Count);
        foreach (var column in group.Columns) WriteColumn(writer, column);
        writer.Field(2, group.TotalByteSize);
        writer.Field(3, group.Rows);
        writer.Field(5, group.FileOffset);
        writer.Field(6, group.CompressedSize);
        if (ordinal <= short.MaxValue) writer.Field(7, (short)ordinal);
        writer.EndStruct();
    }

    private static void WriteColumn(ThriftWriter writer, ColumnChunkMetadata column)
    {
        writer.BeginElement();
        writer.Field(2, 0L);
        writer.BeginStruct(3);
        writer.Field(1, (int)column.Type);
        writer.List(2, ThriftType.I32, column.Encodings.Count);
        foreach (var encoding in column.Encodings) writer.Element((int)encoding);
        writer.List(3, ThriftType.Binary, column.Path.Count);
        foreach (var name in column.Path) writer.Element(name);
        writer.Field(4, (int)column.Codec);
        writer.Field(5, column.Values);
        writer.Field(6, column.UncompressedSize);
        writer.Field(7, column.CompressedSize);
        writer.Field(9, column.DataPageOffset);
        if (column.DictionaryPageOffset is { } dictionary) writer.Field(11, dictionary);
        if (column.Statistics is { } statistics) WriteStatistics(writer, statistics);
        writer.EndStruct();
        writer.EndStruct();
    }

    private static void WriteStatistics(ThriftWriter writer, ChunkStatistics statistics)
    {
        writer.BeginStruct(12);
        if (statistics.NullCount is { } nulls) writer.Field(3, nulls);
        if (statistics.Max is { } max) writer.Field(5, (ReadOnlySpan<byte>)max);
        if (statistics.Min is { } min) writer.Field(6, (ReadOnlySpan<byte>)min);
        if (statistics.Max is not null) writer.Field(7, statistics.MaxIsExact);
        if (statistics.Min is not null) writer.Field(8, statistics.MinIsExact);
        writer.EndStruct();
    }
}
