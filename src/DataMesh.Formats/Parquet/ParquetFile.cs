using System.Buffers.Binary;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet.Metadata;
using DataMesh.Formats.Parquet.Reading;
using Microsoft.Win32.SafeHandles;

namespace DataMesh.Formats.Parquet;

/// <summary>
/// A Parquet file opened for reading, written by whomever. Groups become dotted columns, lists and maps json columns. Damage ends in a
/// <see cref="DataMeshException"/> that names the place. Several threads may read from it at once.
/// </summary>
public sealed class ParquetFile : IDisposable
{
    private const int FooterBytesMax = 256 << 20;

    private readonly SafeFileHandle _file;
    private readonly FileMetadata _metadata;

    private ParquetFile(SafeFileHandle file, string path, FileMetadata metadata)
    {
        (_file, Path, _metadata) = (file, path, metadata);
        Root = SchemaNode.Build(metadata.Schema, out var leaves);
        Columns = FileColumn.Of(Root);
        Schema = new Schema(Columns.Select(column => column.Field));
        foreach (var group in metadata.RowGroups) Check(group, leaves);
        RowGroupRows = [.. metadata.RowGroups.Select(group => group.Rows)];
        Rows = RowGroupRows.Sum();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The columns as we see them.</summary>
    public Schema Schema { get; }

    /// <summary>Rows in the file.</summary>
    public long Rows { get; }

    /// <summary>Rows in each row group.</summary>
    public IReadOnlyList<long> RowGroupRows { get; }

    /// <summary>The program that wrote the file, as it says itself.</summary>
    public string? CreatedBy => _metadata.CreatedBy;

    /// <summary>The names of the codecs in use.</summary>
    public IReadOnlyList<string> Codecs =>
        [.. _metadata.RowGroups.SelectMany(group => group.Columns).Select(column => column.Codec.ToString().ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)];

    internal SchemaNode Root { get; }

    internal IReadOnlyList<FileColumn> Columns { get; }

    /// <summary>Opens a file and reads its footer.</summary>
    public static ParquetFile Open(string path)
    {
        var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            return new ParquetFile(file, path, ReadFooter(file, path));
        }
        catch (Exception cause) when (cause is InvalidDataException or ArgumentException or OverflowException)
        {
            file.Dispose();
            throw new DataMeshException("The Parquet file's footer can not be read.", new Location(path), cause.Message, "the file is damaged or incomplete: get it again from where it came from", cause);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads rows of a row group as batches. <paramref name="columns"/> are positions in <see cref="Schema"/> (null for all): only their chunks are read.
    /// </summary>
    public IEnumerable<RecordBatch> Read(int rowGroup, IReadOnlyList<int>? columns = null, long from = 0, long? to = null)
    {
        columns ??= [.. Enumerable.Range(0, Columns.Count)];
        var schema = new Schema(columns.Select(i => Schema[i]));
        using var reader = new RowGroupReader(this, rowGroup, columns);
        reader.Skip(from);
        var end = to ?? RowGroupRows[rowGroup];
        for (var row = from; row < end;)
        {
            var rows = (int)Math.Min(end - row, reader.RowsPerBatch);
            yield return new RecordBatch(schema, reader.Read(rows), rows);
            row += rows;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal RowGroupMetadata RowGroup(int index) => _metadata.RowGroups[index];

    /// <summary>Opens the chunk of a leaf.</summary>
    internal ChunkReader OpenChunk(int rowGroup, SchemaNode leaf) => new(_file, Path, leaf, _metadata.RowGroups[rowGroup].Columns[leaf.Leaf]);

    private void Check(RowGroupMetadata group, int leaves)
    {
        if (group.Rows < 0 || group.Columns.Count != leaves) throw new InvalidDataException($"A row group has {group.Columns.Count} columns, the schema {leaves}.");
        foreach (var column in group.Columns)
        {
            if (column.FilePath is not null) throw new DataMeshException("The Parquet file keeps its columns in other files.", new Location(Path), hint: "only whole files can be read");
            if (!column.HasMetadata) throw new InvalidDataException("A column chunk has no metadata.");
        }

        foreach (var leaf in Root.Leaves)
        {
            var stored = group.Columns[leaf.Leaf].Type;
            if (leaf.Element.Type != stored) throw new InvalidDataException($"Column '{leaf.Name}' is {leaf.Element.Type} in the schema and {stored} in a row group.");
        }
    }

    private static FileMetadata ReadFooter(SafeFileHandle file, string path)
    {
        var size = RandomAccess.GetLength(file);
        var end = new byte[8];
        if (size < 12 || RandomAccess.Read(file, end, size - 8) != 8) throw new InvalidDataException($"{size} bytes are no Parquet file.");
        if (end.AsSpan(4).SequenceEqual("PARE"u8)) throw new DataMeshException("The Parquet file is encrypted.", new Location(path), hint: "decrypt it first");
        if (!end.AsSpan(4).SequenceEqual("PAR1"u8)) throw new InvalidDataException("It does not end with the letters PAR1.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (length <= 0 || length > size - 12 || length > FooterBytesMax) throw new InvalidDataException($"A footer of {length} bytes in a file of {size}.");
        var footer = new byte[length];
        for (var at = 0; at < length;)
        {
            var read = RandomAccess.Read(file, footer.AsSpan(at), size - 8 - length + at);
            if (read == 0) throw new InvalidDataException("It ends in its footer.");
            at += read;
        }

        var metadata = MetadataReader.ReadFile(footer);
        return metadata.IsEncrypted ? throw new DataMeshException("The Parquet file is encrypted.", new Location(path), hint: "decrypt it first") : metadata;
    }
}
