using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet;
using static DataMesh.Formats.Tests.Parquet.ParquetTestData;

namespace DataMesh.Formats.Tests.Parquet;

public sealed class ParquetRoundTripTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"datamesh-{Guid.NewGuid():n}.parquet");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_type_reads_back_as_it_was_written(bool snappy)
    {
        var batches = Enumerable.Range(1, 4).Select(seed => RandomBatch(new Random(seed), seed * 9_001)).ToList();
        var options = new ParquetWriteOptions { Snappy = snappy, PageRows = 64 * 50 };
        Write(_path, batches[0].Schema, [[batches[0], batches[1]], [batches[2]], [batches[3]]], options);

        using var file = ParquetFile.Open(_path);
        Assert.Equal(batches[0].Schema.ToString().Replace("j json", "j string", StringComparison.Ordinal), file.Schema.ToString());
        Assert.Equal([27_003L, 27_003, 36_004], file.RowGroupRows);
        var expected = batches.SelectMany(Texts);
        Assert.Equal(expected, Enumerable.Range(0, 3).SelectMany(group => file.Read(group)).SelectMany(Texts));
    }

    [Fact]
    public void A_range_of_rows_and_some_columns_can_be_read()
    {
        using var batch = RandomBatch(new Random(5), 50_000);
        Write(_path, batch.Schema, [[batch]], new ParquetWriteOptions { PageRows = 640 });
        using var file = ParquetFile.Open(_path);
        var picked = file.Read(0, [3, 0], from: 12_345, to: 12_400).ToList();
        Assert.Equal("s string, i int64", picked[0].Schema.ToString());
        var expected = Enumerable.Range(12_345, 55).Select(row => $"{ValueText.Format(batch["s"], row) ?? "∅"}|{ValueText.Format(batch["i"], row) ?? "∅"}");
        Assert.Equal(expected, picked.SelectMany(Texts));
    }

    [Fact]
    public void Codes_stay_codes()
    {
        var dictionary = new ValueDictionary();
        using var batch = Batch(("z", Coded(DataType.String, dictionary, Enumerable.Range(0, 5_000).Select(i => i % 5 == 0 ? null : $"zone {i % 9}"))));
        Write(_path, batch);
        using var file = ParquetFile.Open(_path);
        using var read = Assert.Single(file.Read(0));
        Assert.NotNull(((VarColumn)read[0]).Dictionary);
        Assert.Equal(Texts(batch), Texts(read));
    }

    [Fact]
    public void The_same_rows_give_the_same_bytes_whatever_was_encoded_before()
    {
        using var batch = RandomBatch(new Random(3), 10_000);
        using var other = RandomBatch(new Random(4), 12_000);
        var schema = ParquetSchema.From(batch.Schema);
        var encoder = new RowGroupEncoder(schema);
        using var first = encoder.Encode([batch]);
        encoder.Encode([other]).Dispose();
        using var second = encoder.Encode([batch]);
        Assert.Equal(File(first), File(second));

        byte[] File(EncodedRowGroup group)
        {
            using var stream = new MemoryStream();
            var writer = new ParquetFileWriter(stream, schema);
            writer.Append(group);
            writer.Finish();
            return stream.ToArray();
        }
    }

    private static RecordBatch RandomBatch(Random random, int rows)
    {
        object? Maybe(object value) => random.Next(6) == 0 ? null : value;
        Column Make(DataType type, Func<object> make) => Column(type, Enumerable.Range(0, rows).Select(_ => Maybe(make())));
        return Batch(
            ("i", Make(DataType.Int64, () => random.NextInt64())), ("small", Make(DataType.Int64, () => (long)random.Next(6))),
            ("f", Make(DataType.Float64, () => random.NextDouble())), ("s", Make(DataType.String, () => new string('x', random.Next(40)) + random.Next())),
            ("few", Make(DataType.String, () => $"word {random.Next(12)}")), ("b", Make(DataType.Bool, () => random.Next(3) == 0)),
            ("d", Make(DataType.Date, () => new DateOnly(2000, 1, 1).AddDays(random.Next(-50_000, 50_000)))),
            ("t", Make(DataType.Timestamp, () => random.NextInt64(-5_000_000_000_000_000, 5_000_000_000_000_000))),
            ("m4", Make(DataType.Decimal(9, 2), () => (Int128)random.Next(-999_999_999, 999_999_999))),
            ("m8", Make(DataType.Decimal(18, 4), () => (Int128)random.NextInt64(-999_999_999_999_999_999, 999_999_999_999_999_999))),
            ("m16", Make(DataType.Decimal(30, 6), () => (Int128)random.NextInt64() * random.Next(-1000, 1000))),
            ("x", Make(DataType.Binary, () => BitConverter.GetBytes(random.NextInt64()))), ("j", Make(DataType.Json, () => $$"""{"a":{{random.Next()}}}""")),
            ("never", Core.Columns.Column.Nulls(DataType.Float64, rows)), ("always", Column(DataType.Int64, Enumerable.Range(0, rows).Select(i => (object?)(long)i))));
    }
}
