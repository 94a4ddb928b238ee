using DataMesh.Core.Columns;

namespace DataMesh.Core.Tests.Columns;

public class TakeTests
{
    private static readonly int[] Rows = [.. Enumerable.Range(0, 131).Select(i => i * 7 % 100)];

    private static readonly int[] RowsAndGaps = [.. Rows.Select((row, i) => i % 5 == 0 ? -1 : row)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fixed_values_follow_their_rows(bool gaps)
    {
        var rows = gaps ? RowsAndGaps : Rows;
        using var column = FixedColumn<long>.From(DataType.Int64, [.. Enumerable.Range(0, 100).Select(i => i * 3L)]);
        using var taken = (FixedColumn<long>)column.Take(rows);
        Assert.Equal(rows.Select(row => row < 0 ? (long?)null : row * 3L), rows.Select((_, i) => taken.IsNull(i) ? (long?)null : taken[i]));
        Assert.Equal(gaps, taken.Validity is not null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Codes_and_bits_follow_their_rows(bool gaps)
    {
        var rows = gaps ? RowsAndGaps : Rows;
        var dictionary = new ValueDictionary();
        var codes = PooledBuffer.Rent<int>(100);
        var validity = Bitmap.Ones(100);
        for (var i = 0; i < 100; i++)
        {
            codes.As<int>()[i] = dictionary.Add(System.Text.Encoding.ASCII.GetBytes($"v{i % 9}"));
            validity[i] = i % 3 != 0;
        }

        using var column = new VarColumn(DataType.String, codes, dictionary, 100, validity);
        using var taken = column.Take(rows);
        Assert.Equal(rows.Select(row => row < 0 || row % 3 == 0 ? null : $"v{row % 9}"), rows.Select((_, i) => taken.IsNull(i) ? null : ValueText.Format(taken, i)));
    }

    [Fact]
    public void A_row_that_does_not_exist_is_an_error()
    {
        using var column = FixedColumn<int>.From(DataType.Date, [1, 2, 3]);
        using var none = FixedColumn<int>.From(DataType.Date, []);
        Assert.Throws<IndexOutOfRangeException>(() => column.Take([0, 3]));
        Assert.Throws<IndexOutOfRangeException>(() => none.Take([0]));
        Assert.Equal(0, none.Take([]).Length);
    }

    [Fact]
    public void Positions_of_one_bits_are_written_in_order()
    {
        using var bits = Bitmap.Zeros(130);
        int[] expected = [0, 1, 63, 64, 127, 129];
        foreach (var each in expected) bits[each] = true;
        var positions = new int[bits.CountOnes()];
        bits.CopyIndices(positions);
        Assert.Equal(expected, positions);
        Assert.Equal(expected, bits.ToIndices());
    }
}
