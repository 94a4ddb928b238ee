using System.Buffers.Binary;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet;
using DataMesh.Tests;

namespace DataMesh.Formats.Tests.Parquet;

/// <summary>Pages compressed by DuckDB and Polars, each compared with the same rows written without compression.</summary>
public sealed class ParquetCodecTests : IDisposable
{
    private const string Rows = """
        SELECT i, i * 7919 % 1000 AS small, (hash(i) >> 1)::BIGINT AS noise, sin(i) AS f, 'constant' AS same, md5(i::VARCHAR) AS text,
            repeat('ab', (i % 50)::INT) AS repeated, CASE WHEN i % 3 = 0 THEN NULL ELSE concat('driver ', i % 977, ' was late by ', hash(i) % 60, ' minutes') END AS words
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("datamesh-codecs").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void DuckDB_with_zstd_at_every_level()
    {
        var levels = Enumerable.Range(1, 22).ToList();
        Node.Run("duckdb.mjs", [Copy($"{Rows} FROM range(4000) t(i)", "plain", "uncompressed"), .. levels.Select(level => Copy($"FROM '{File("plain")}'", $"{level}", $"zstd, COMPRESSION_LEVEL {level}"))]);
        foreach (var level in levels) Same("plain", $"{level}", "zstd");
    }

    [Fact]
    public void Every_codec_of_DuckDB_and_Polars()
    {
        string[] duckdb = ["zstd", "lz4_raw", "lz4", "snappy", "gzip", "brotli"];
        string[] polars = ["zstd", "lz4", "snappy", "gzip", "brotli"];
        Node.Run("duckdb.mjs", [Copy($"{Rows} FROM range(12000) t(i)", "plain", "uncompressed"), .. duckdb.Select(codec => Copy($"FROM '{File("plain")}'", $"d-{codec}", $"{codec}, ROW_GROUP_SIZE 4096"))]);
        Node.Run("polars-parquet.mjs", [File("plain"), .. polars.Select(codec => $"{File($"p-{codec}")}={codec}")]);
        foreach (var codec in duckdb) Same("plain", $"d-{codec}", codec == "lz4" ? "lz4raw" : codec.Replace("_", "", StringComparison.Ordinal));
        foreach (var codec in polars) Same("plain", $"p-{codec}", codec == "lz4" ? "lz4raw" : codec);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("zstd, COMPRESSION_LEVEL 19")]
    [InlineData("lz4_raw")]
    public void Big_pages_of_repetition_noise_and_text(string codec)
    {
        const string Big = """
            SELECT i, repeat('0123456789', 200000) AS repeated, array_to_string(list_transform(range(20000), x -> md5((x * 31 + i)::VARCHAR)), '') AS noise,
                array_to_string(list_transform(range(40000), x -> concat('driver ', hash(x + i) % 100, ' late;')), '') AS words FROM range(3) t(i)
            """;
        Node.Run("duckdb.mjs", Copy(Big, "plain", "uncompressed"), Copy($"FROM '{File("plain")}'", "packed", codec));
        Same("plain", "packed", codec.Split(',')[0].Replace("_", "", StringComparison.Ordinal));
        Assert.True(new FileInfo(File("packed")).Length < new FileInfo(File("plain")).Length * 3 / 4);
    }

    [Theory]
    [InlineData("zstd", 1)]
    [InlineData("lz4_raw", 2)]
    public void Broken_pages_end_in_an_error_that_names_the_place(string codec, int seed)
    {
        Node.Run("duckdb.mjs", Copy($"{Rows} FROM range(2000) t(i)", "sound", codec));
        var sound = System.IO.File.ReadAllBytes(File("sound"));
        var pagesEnd = sound.Length - 8 - BinaryPrimitives.ReadInt32LittleEndian(sound.AsSpan(sound.Length - 8));
        var (random, errors) = (new Random(seed), 0);
        for (var round = 0; round < 120; round++)
        {
            var broken = (byte[])sound.Clone();
            for (var i = random.Next(1, 20); i > 0; i--) broken[random.Next(4, pagesEnd)] = (byte)random.Next(256);
            System.IO.File.WriteAllBytes(File("broken"), broken);
            try
            {
                foreach (var batch in Read("broken")) batch.Dispose();
            }
            catch (DataMeshException error)
            {
                Assert.Equal(File("broken"), error.Location?.File);
                errors++;
            }
        }

        Assert.InRange(errors, 20, 120);
    }

    private string File(string name) => Path.Combine(_folder, $"{name}.parquet");

    private string Copy(string query, string name, string codec) => $"COPY ({query}) TO '{File(name)}' (FORMAT parquet, COMPRESSION {codec})";

    private void Same(string plain, string packed, string codec)
    {
        using (var file = ParquetFile.Open(File(packed))) Assert.Equal([codec], file.Codecs);
        Assert.Equal(Texts(plain), Texts(packed));
    }

    private IEnumerable<RecordBatch> Read(string name)
    {
        using var file = ParquetFile.Open(File(name));
        for (var group = 0; group < file.RowGroupRows.Count; group++)
            foreach (var batch in file.Read(group)) yield return batch;
    }

    private IEnumerable<string> Texts(string name)
    {
        foreach (var batch in Read(name))
        {
            for (var row = 0; row < batch.Length; row++) yield return string.Join('|', batch.Columns.Select(column => ValueText.Format(column, row) ?? "∅"));
            batch.Dispose();
        }
    }
}
