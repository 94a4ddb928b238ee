using System.Globalization;
using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Tests;
using static DataMesh.Formats.Tests.Parquet.ParquetTestData;

namespace DataMesh.Formats.Tests.Parquet;

/// <summary>DuckDB and hyparquet read what we write: types, values, nulls and statistics.</summary>
public sealed class ParquetWriterInteropTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("datamesh-parquet").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(50_000)]
    public void All_types_with_nulls_come_back_the_same(int rows)
    {
        var path = Path.Combine(_folder, "all.parquet");
        var (batches, expected) = AllTypes(rows);
        var facts = Write(path, batches[0].Schema, [batches]);
        Assert.Equal(rows, facts.Rows);

        var duck = Query($"SELECT count(*), count(i), sum(i), count(f), sum(f), count(b), sum(b::int), count(d), min(d), max(d), count(t), min(t), max(t), count(s), sum(strlen(s)), count(m), sum(m), count(w), sum(w), count(z), count(DISTINCT z) FROM '{path}'");
        Assert.Equal(expected, duck);
        var types = Query($"SELECT string_agg(typeof, ',') FROM (SELECT unnest([typeof(i), typeof(f), typeof(b), typeof(d), typeof(t), typeof(s), typeof(m), typeof(w), typeof(z), typeof(x)]) AS typeof FROM '{path}' LIMIT 10)");
        Assert.Equal("BIGINT,DOUBLE,BOOLEAN,DATE,TIMESTAMP WITH TIME ZONE,VARCHAR,DECIMAL(9,2),DECIMAL(38,10),VARCHAR,BLOB", types);

        var hyparquet = JsonNode.Parse(Node.Run("hyparquet.mjs", path))!.AsArray();
        Assert.Equal(rows, hyparquet.Count);
        var row = 0;
        foreach (var batch in batches)
        {
            for (var i = 0; i < batch.Length; i++, row++)
            {
                Assert.Equal(ValueText.Format(batch["i"], i), hyparquet[row]!["i"]?.ToString());
                Assert.Equal(ValueText.Format(batch["s"], i), hyparquet[row]!["s"]?.ToString());
                Assert.Equal(ValueText.Format(batch["z"], i), hyparquet[row]!["z"]?.ToString());
                Assert.Equal(ValueText.Format(batch["b"], i), hyparquet[row]!["b"]?.ToString().ToLowerInvariant());
            }
        }
    }

    [Fact]
    public void A_file_without_rows_has_its_columns()
    {
        var path = Path.Combine(_folder, "empty.parquet");
        var (batches, _) = AllTypes(1);
        Write(path, batches[0].Schema, []);
        Assert.Equal("0", Query($"SELECT count(*) FROM '{path}'"));
        Assert.Equal("10", Query($"SELECT count(*) FROM (DESCRIBE SELECT * FROM '{path}')"));
    }

    [Fact]
    public void Extreme_values_survive()
    {
        var path = Path.Combine(_folder, "extreme.parquet");
        var huge = new string('ü', 3_000_000);
        using var batch = Batch(
            ("i", Column(DataType.Int64, [long.MinValue, long.MaxValue, 0L, null])),
            ("d", Column(DataType.Date, [new DateOnly(1, 1, 1), new DateOnly(9999, 12, 31), new DateOnly(1969, 12, 31), null])),
            ("t", Column(DataType.Timestamp, [-1L, 0L, new DateTime(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc), null])),
            ("s", Column(DataType.String, ["", huge, "\0", "𝄞 münchen"])),
            ("m", Column(DataType.Decimal(38, 0), [Int128.Parse("99999999999999999999999999999999999999", CultureInfo.InvariantCulture), Int128.Parse("-99999999999999999999999999999999999999", CultureInfo.InvariantCulture), (Int128)(-1), null])));
        Write(path, batch);
        Assert.Equal("-9223372036854775808,9223372036854775807", Query($"SELECT min(i), max(i) FROM '{path}'"));
        Assert.Equal("0001-01-01,9999-12-31,1", Query($"SELECT min(d), max(d), sum((d = DATE '1969-12-31')::int) FROM '{path}'"));
        Assert.Equal("1,1", Query($"SELECT sum((t = TIMESTAMPTZ '1969-12-31 23:59:59.999999Z')::int), sum((t = TIMESTAMPTZ '1900-01-01 00:00:00Z')::int) FROM '{path}'"));
        Assert.Equal("4,6000000,1", Query($"SELECT count(s), max(strlen(s)), sum((s = '𝄞 münchen')::int) FROM '{path}'"));
        Assert.Equal("-99999999999999999999999999999999999999,99999999999999999999999999999999999999", Query($"SELECT min(m), max(m) FROM '{path}'"));
    }

    [Fact]
    public void Codes_of_several_dictionaries_and_flat_parts_join_in_one_row_group()
    {
        var path = Path.Combine(_folder, "codes.parquet");
        var (first, second) = (new ValueDictionary(), new ValueDictionary());
        var words = Enumerable.Range(0, 3_000).Select(i => i % 7 == 0 ? null : $"word {i % 11}").ToList();
        Column[] parts =
        [
            Coded(DataType.String, first, words), Coded(DataType.String, second, words.AsEnumerable().Reverse()),
            Column(DataType.String, words), Coded(DataType.String, first, words), Core.Columns.Column.Nulls(DataType.String, 10),
        ];
        Write(path, [.. parts.Select(part => Batch(("s", part)))]);
        var expected = Math.Round(words.Count(word => word is not null) * 4.0);
        Assert.Equal($"12010,{expected},11", Query($"SELECT count(*), count(s), count(DISTINCT s) FROM '{path}'"));
        Assert.Equal($"{words.Count(word => word == "word 3") * 4}", Query($"SELECT count(*) FROM '{path}' WHERE s = 'word 3'"));
        Assert.Contains("RLE_DICTIONARY", Query($"SELECT encodings FROM parquet_metadata('{path}')"), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_codes_from_decoders_that_take_turns_still_make_a_dictionary()
    {
        var path = Path.Combine(_folder, "turns.parquet");
        ValueDictionary[] decoders = [new(), new()];
        Column[] parts = [.. Enumerable.Range(0, 10).Select(turn => Coded(
            DataType.String, decoders[turn % 2], Enumerable.Range(0, 6_000).Select(i => $"key {(turn + 1) * (i + 1) * 7919L % 10_000:d5}")))];
        Write(path, [.. parts.Select(part => Batch(("s", part)))]);
        Assert.Contains("RLE_DICTIONARY", Query($"SELECT encodings FROM parquet_metadata('{path}')"), StringComparison.Ordinal);
        Assert.Equal("60000,540000", Query($"SELECT count(s), sum(strlen(s)) FROM '{path}'"));
    }

    [Fact]
    public void Row_groups_carry_statistics_that_engines_may_trust()
    {
        var path = Path.Combine(_folder, "statistics.parquet");
        var longText = new string('z', 100);
        using var batch = Batch(
            ("i", Column(DataType.Int64, [5L, -3L, null])),
            ("f", Column(DataType.Float64, [0.0, 1.5, null])),
            ("n", Column(DataType.Float64, [1.0, double.NaN, 2.0])),
            ("s", Column(DataType.String, ["b", longText, null])),
            ("e", Column(DataType.String, [null, null, null])));
        var facts = Write(path, batch);

        Assert.Equal((-3L, 5L, 1L), (facts.Columns[0].Min, facts.Columns[0].Max, facts.Columns[0].NullCount));
        Assert.True(double.IsNegative((double)facts.Columns[1].Min!));
        Assert.Equal(1.5, facts.Columns[1].Max);
        Assert.Null(facts.Columns[2].Min);
        Assert.Null(facts.Columns[2].Max);
        Assert.Equal(("b", new string('z', 31) + "{"), (facts.Columns[3].Min, facts.Columns[3].Max));
        Assert.Equal((null, null, 3L), (facts.Columns[4].Min, facts.Columns[4].Max, facts.Columns[4].NullCount));

        var rows = JsonNode.Parse(Node.Run("duckdb.mjs", $"SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count FROM parquet_metadata('{path}')"))!.AsArray();
        Assert.Equal("""["i","-3","5","1"]""", rows[0]!.ToJsonString());
        Assert.Equal("""["n",null,null,"0"]""", rows[2]!.ToJsonString());
        Assert.Equal("1", Query($"SELECT count(*) FROM '{path}' WHERE s > '{new string('z', 50)}'"));
    }

    private static (RecordBatch[] Batches, string Expected) AllTypes(int rows)
    {
        var random = new Random(rows);
        var (batches, expected) = (new List<RecordBatch>(), new AllTypesSums());
        var zones = new ValueDictionary();
        for (var left = rows; left > 0;)
        {
            var length = Math.Min(left, random.Next(1, 20_000));
            batches.Add(AllTypesBatch(random, length, zones, expected));
            left -= length;
        }

        return ([.. batches], expected.ToString());
    }

    private static RecordBatch AllTypesBatch(Random random, int length, ValueDictionary zones, AllTypesSums sums)
    {
        object? Maybe(object value) => random.Next(5) == 0 ? null : value;
        List<object?> Many(Func<object> make) => [.. Enumerable.Range(0, length).Select(_ => Maybe(make()))];
        var (i, f, b) = (Many(() => (long)random.Next()), Many(() => random.Next(1000) / 8.0), Many(() => random.Next(2) == 0));
        var d = Many(() => new DateOnly(1950, 1, 1).AddDays(random.Next(40_000)));
        var t = Many(() => new DateTime(1960, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(random.Next()));
        var s = Many(() => random.Next(4) == 0 ? "" : new string((char)('a' + random.Next(26)), random.Next(60)) + random.Next());
        var m = Many(() => (Int128)random.Next(-1_000_000, 1_000_000));
        var w = Many(() => (Int128)random.NextInt64() * 1_000_000_007);
        var z = Many(() => $"zone {random.Next(50)}");
        sums.Add(length, i, f, b, d, t, s, m, w, z);
        return Batch(
            ("i", Column(DataType.Int64, i)), ("f", Column(DataType.Float64, f)), ("b", Column(DataType.Bool, b)), ("d", Column(DataType.Date, d)),
            ("t", Column(DataType.Timestamp, t)), ("s", Column(DataType.String, s)), ("m", Column(DataType.Decimal(9, 2), m)), ("w", Column(DataType.Decimal(38, 10), w)),
            ("z", Coded(DataType.String, zones, z.Cast<string?>())), ("x", Column(DataType.Binary, s.Select(text => text is string some ? System.Text.Encoding.UTF8.GetBytes(some) : null))));
    }

    /// <summary>The first row of a query, its values joined by commas.</summary>
    private static string Query(string sql)
    {
        var rows = JsonNode.Parse(Node.Run("duckdb.mjs", sql))!.AsArray();
        return string.Join(",", rows[0]!.AsArray().Select(value => value is null ? "null" : value.ToString()));
    }
}
