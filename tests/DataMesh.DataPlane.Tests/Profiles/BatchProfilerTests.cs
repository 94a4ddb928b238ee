using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.DataPlane.Profiles;
using DataMesh.DataPlane.Tests.Stages;

namespace DataMesh.DataPlane.Tests.Profiles;

public class BatchProfilerTests
{
    private static readonly Schema Mixed = StageTest.SchemaFrom(
        "id int64, at timestamp, day date, amount float64, price decimal(10;2), flag bool, zone string, note string, doc json, nothing null");

    [Fact]
    public void Numbers_agree_with_a_plain_reference()
    {
        using var batch = Random(4000);
        var profile = Profile(batch.Share()).Single(each => each.Column == "amount");
        var column = (FixedColumn<double>)batch["amount"];
        var values = Enumerable.Range(0, batch.Length).Where(row => !column.IsNull(row)).Select(row => column[row]).Order().ToArray();
        var mean = values.Sum() / values.Length;
        Assert.Equal(4000, profile.Count);
        Assert.Equal(4000 - values.Length, profile.Nulls);
        Assert.Equal(values[0], Number(profile.Min));
        Assert.Equal(values[^1], Number(profile.Max));
        Assert.Equal(mean, Number(profile.Mean), 1e-9);
        Assert.Equal(Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)), profile.StandardDeviation!.Value, 1e-9);
        Assert.InRange(profile.Distinct, values.Distinct().Count() * 0.96, values.Distinct().Count() * 1.04);
        Assert.Equal(0, profile.QuantileError);
        foreach (var (rank, text) in ColumnProfile.Ranks.Zip(profile.Quantiles))
        {
            var at = rank * (values.Length - 1);
            var below = values[(int)at];
            Assert.Equal(below + (values[(int)at + 1] - below) * (at - Math.Floor(at)), Number(text), 1e-9);
        }
    }

    [Fact]
    public void Different_values_are_never_more_than_values()
    {
        // The estimate of one in two of these counts is too high.
        for (var count = 2_000; count < 60_000; count += 2_900)
        {
            var numbers = Enumerable.Range(0, count).Select(i => i * 7919L).ToArray();
            using var batch = new RecordBatch(StageTest.SchemaFrom("n int64, d float64, s string"),
                [FixedColumn<long>.From(DataType.Int64, numbers), FixedColumn<double>.From(DataType.Float64, [.. numbers.Select(n => n / 8.0)]), Texts(numbers)], count);
            Assert.All(Profile(batch.Share()), profile => Assert.InRange(profile.Distinct, count * 0.95, count));
        }
    }

    private static Column Texts(long[] numbers)
    {
        var builder = new ColumnBuilder(DataType.String);
        foreach (var number in numbers) builder.Append(number.ToString(CultureInfo.InvariantCulture));
        return builder.Build();
    }

    [Fact]
    public void Every_type_has_its_own_statistics()
    {
        var profiles = Profile(JsonRows.Parse("""
            {"id":9007199254740993,"at":"2024-01-01T00:00:00Z","day":"2024-01-01","amount":-0.5,"price":"1.10","flag":true,"zone":"b","note":"","doc":[1]}
            {"id":1,"at":"2024-01-01T00:00:02Z","day":"2024-01-04","amount":2.5,"price":"-2.25","flag":false,"zone":"ä","note":null,"doc":[1]}
            {"id":null,"at":null,"day":null,"amount":null,"price":null,"flag":true,"zone":"b","note":"xyz","doc":null}
            """, Mixed)).ToDictionary(each => each.Column);
        Assert.Equal(("1", "9007199254740993"), (profiles["id"].Min, profiles["id"].Max));
        Assert.Equal("2024-01-01T00:00:01Z", profiles["at"].Mean);
        Assert.Equal(Math.Sqrt(2), profiles["at"].StandardDeviation!.Value, 1e-12);
        Assert.Equal(("2024-01-01", "2024-01-04"), (profiles["day"].Min, profiles["day"].Max));
        Assert.Equal(("-2.25", "1.10", "-0.575"), (profiles["price"].Min, profiles["price"].Max, profiles["price"].Mean));
        Assert.Equal(2.0 / 3, profiles["flag"].TrueFraction);
        Assert.Equal([new ValueCount("b", 2), new ValueCount("ä", 1)], profiles["zone"].Top);
        Assert.Equal((1, 2, 4.0 / 3), (profiles["zone"].LengthMin, profiles["zone"].LengthMax, profiles["zone"].LengthMean));
        Assert.Equal(("", "xyz", 2L), (profiles["note"].Min, profiles["note"].Max, profiles["note"].Distinct));
        Assert.Equal(1, profiles["doc"].Distinct);
        Assert.Equal((3L, 3L, null, 0L), (profiles["nothing"].Count, profiles["nothing"].Nulls, profiles["nothing"].Min, profiles["nothing"].Distinct));
        Assert.Equal(1.0 / 3, profiles["id"].NullFraction, 1e-15);
    }

    [Fact]
    public void NaN_and_zeros_are_told_apart_from_numbers()
    {
        var column = FixedColumn<double>.From(DataType.Float64, [double.NaN, -0.0, 0.0, 5, 5, double.NaN, 1, 2, 3, 4, 5]);
        var profile = Profile(new RecordBatch(StageTest.SchemaFrom("x float64"), [column], 11)).Single();
        Assert.Equal((7L, "5", "2.7777777777777777"), (profile.Distinct, profile.Max, profile.Mean));
        Assert.Equal(0, Number(profile.Min));
        var onlyNaN = FixedColumn<double>.From(DataType.Float64, [double.NaN]);
        Assert.Null(Profile(new RecordBatch(StageTest.SchemaFrom("x float64"), [onlyNaN], 1)).Single().Min);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Profiles_do_not_depend_on_workers_batches_or_encoding(bool encoded)
    {
        using var rows = Random(3000);
        var expected = Texts(Profile(rows.Share()));
        foreach (var workers in new[] { 1, 2, 5 }) Assert.Equal(expected, Texts(Profile(rows, 70, workers, encoded)));
        Assert.Equal(expected, Texts(Profile(rows, 1, 3, encoded)));
    }

    [Fact]
    public void More_values_than_fit_leave_no_top()
    {
        var dictionary = new ValueDictionary();
        var codes = PooledBuffer.Rent<int>(20_000);
        for (var i = 0; i < 20_000; i++) codes.As<int>()[i] = dictionary.Add(System.Text.Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture)));
        var profile = Profile(new RecordBatch(StageTest.SchemaFrom("x string"), [new VarColumn(DataType.String, codes, dictionary, 20_000)], 20_000)).Single();
        Assert.Empty(profile.Top);
        Assert.Equal(("0", "9999"), (profile.Min, profile.Max));
        Assert.InRange(profile.Distinct, 19_300, 20_700);
    }

    [Fact]
    public void Long_texts_are_cut_between_characters()
    {
        var profile = Profile(JsonRows.Parse($$"""{"x":"{{new string('ä', 400)}}"}""")).Single();
        Assert.Equal(new string('ä', 128) + "…", profile.Max);
        Assert.Equal(800, profile.LengthMax);
    }

    private static double Number(string? text) => double.Parse(text!, CultureInfo.InvariantCulture);

    private static IReadOnlyList<string> Texts(IReadOnlyList<ColumnProfile> profiles) => JsonRows.Write(ProfileRows.ToBatch(profiles));

    private static IReadOnlyList<ColumnProfile> Profile(RecordBatch batch)
    {
        using (batch)
            return Profile(batch, batch.Length, 1, encoded: false);
    }

    private static IReadOnlyList<ColumnProfile> Profile(RecordBatch batch, int rows, int workers, bool encoded)
    {
        var profilers = Enumerable.Range(0, workers).Select(_ => new BatchProfiler(batch.Schema)).ToArray();
        var dictionaries = MergingTest.DictionariesOf(batch.Schema);
        var parts = MergingTest.Cut(batch, rows);
        for (var i = 0; i < parts.Length; i++)
        {
            using var part = encoded ? MergingTest.Encode(parts[i], dictionaries) : parts[i];
            profilers[i % workers].Absorb(part);
        }

        for (var i = workers - 2; i >= 0; i--) profilers[i].Merge(profilers[i + 1]);
        return profilers[0].ToProfiles();
    }

    private static RecordBatch Random(int count)
    {
        var random = new Random(5);
        var builders = Mixed.Select(field => new ColumnBuilder(field.Type)).ToArray();
        for (var row = 0; row < count; row++)
        {
            object?[] values =
            [
                random.NextInt64(1L << 40), DateTime.UnixEpoch.AddSeconds(random.Next(100_000)), DateOnly.FromDayNumber(738_000 + random.Next(300)), random.NextDouble() * 1000 - 300,
                (decimal)random.Next(10_000) / 100, random.Next(2) == 0, "Z-" + random.Next(20), "note " + random.Next(5000), "[" + random.Next(3) + "]", null,
            ];
            for (var i = 0; i < values.Length; i++) builders[i].AppendObject(random.Next(10) == 0 ? null : values[i]);
        }

        return new RecordBatch(Mixed, [.. builders.Select(builder => builder.Build())], count);
    }
}
