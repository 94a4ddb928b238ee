using System.Globalization;
using System.Text;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Tests.Parquet;

/// <summary>Counts and sums of the all-types rows, printed as DuckDB prints them.</summary>
internal sealed class AllTypesSums
{
    private readonly List<object?>[] _columns = [.. Enumerable.Range(0, 9).Select(_ => new List<object?>())];
    private long _rows;

    public void Add(int rows, params List<object?>[] columns)
    {
        _rows += rows;
        for (var i = 0; i < columns.Length; i++) _columns[i].AddRange(columns[i].Where(value => value is not null));
    }

    public override string ToString()
    {
        var days = _columns[3].Cast<DateOnly>().ToList();
        var times = _columns[4].Cast<DateTime>().ToList();
        string?[] parts =
        [
            $"{_rows}", Count(0), Sum(0, values => values.Sum(value => (long)value!).ToString(CultureInfo.InvariantCulture)),
            Count(1), Sum(1, values => values.Sum(value => (double)value!).ToString(CultureInfo.InvariantCulture)),
            Count(2), Sum(2, values => values.Count(value => (bool)value!).ToString(CultureInfo.InvariantCulture)),
            Count(3), days.Count == 0 ? null : Day(days.Min()), days.Count == 0 ? null : Day(days.Max()),
            Count(4), times.Count == 0 ? null : Time(times.Min()), times.Count == 0 ? null : Time(times.Max()),
            Count(5), Sum(5, values => values.Sum(value => Encoding.UTF8.GetByteCount((string)value!)).ToString(CultureInfo.InvariantCulture)),
            Count(6), Sum(6, values => Decimal(values, 2)), Count(7), Sum(7, values => Decimal(values, 10)),
            Count(8), $"{_columns[8].Distinct().Count()}",
        ];
        return string.Join(",", parts.Select(part => part ?? "null"));
    }

    private string Count(int column) => $"{_columns[column].Count}";

    private string? Sum(int column, Func<List<object?>, string> sum) => _columns[column].Count == 0 ? null : sum(_columns[column]);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss+00", CultureInfo.InvariantCulture);

    private static string Decimal(List<object?> values, int scale)
    {
        Span<byte> text = stackalloc byte[ValueText.FixedMax];
        var length = ValueText.WriteDecimal(values.Aggregate(Int128.Zero, (sum, value) => sum + (Int128)value!), scale, text);
        return Encoding.UTF8.GetString(text[..length]);
    }
}
