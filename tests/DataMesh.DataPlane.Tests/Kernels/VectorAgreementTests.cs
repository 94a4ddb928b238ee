using System.Numerics;
using DataMesh.Core.Columns;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Tests.Kernels;

/// <summary>The vector loops give what the loops one by one give, at every length around a word.</summary>
public class VectorAgreementTests
{
    private static readonly int[] Lengths = [0, 1, 7, 8, 63, 64, 65, 127, 128, 200, 1000];

    [Fact]
    public void Comparisons_agree()
    {
        Check<long, IsEqual>(Longs);
        Check<long, IsNotEqual>(Longs);
        Check<long, IsLess>(Longs);
        Check<long, IsGreaterOrEqual>(Longs);
        Check<double, IsEqual>(Doubles);
        Check<double, IsNotEqual>(Doubles);
        Check<double, IsLessOrEqual>(Doubles);
        Check<double, IsGreater>(Doubles);
        Check<int, IsLess>(random => random.Next(5));
        Check<Int128, IsLess>(random => random.Next(5));
    }

    [Fact]
    public void Checked_arithmetic_agrees_and_finds_every_overflow()
    {
        var random = new Random(7);
        foreach (var length in Lengths)
        {
            var (left, right) = (Fill(length, Longs, random), Fill(length, Longs, random));
            var sums = new long[length];
            var overflow = IntegerArithmetic.Loop<CheckedAdd>(left, right, sums);
            Assert.Equal(left.Zip(right).Any(pair => (Int128)pair.First + pair.Second is var sum && (sum > long.MaxValue || sum < long.MinValue)), overflow < 0);
            Assert.Equal(left.Zip(right).Select(pair => unchecked(pair.First + pair.Second)), sums);
            overflow = IntegerArithmetic.Loop<CheckedSubtract>(left, right, sums);
            Assert.Equal(left.Zip(right).Any(pair => (Int128)pair.First - pair.Second is var sum && (sum > long.MaxValue || sum < long.MinValue)), overflow < 0);
        }
    }

    [Theory]
    [InlineData("coalesce(x, 0.5)")]
    [InlineData("coalesce(x, y)")]
    [InlineData("case when y > 2 then x when y > 1 then y else 9.0 end")]
    public void Choices_agree_row_by_row(string expression)
    {
        var random = new Random(11);
        var values = Enumerable.Range(0, 333).Select(_ => new object?[] { random.Next(3) == 0 ? null : random.NextDouble(), random.NextDouble() * 3 }).ToList();
        using var batch = ExpressionRows.Build([("x", DataType.Float64, [.. values.Select(each => each[0])]), ("y", DataType.Float64, [.. values.Select(each => each[1])])]);
        var evaluator = CompiledExpression.Compile(new Core.Components.ExpressionText(expression), batch.Schema).CreateEvaluator();
        using var all = evaluator.Evaluate(batch, out _);
        for (var row = 0; row < batch.Length; row++)
        {
            using var one = batch.Take([row]);
            using var alone = evaluator.Evaluate(one, out _);
            Assert.Equal(ExpressionRows.Show(alone, 0), ExpressionRows.Show(all, row));
        }
    }

    private static void Check<T, TTest>(Func<Random, T> make) where T : unmanaged, INumber<T> where TTest : struct, IComparison
    {
        var random = new Random(3);
        foreach (var length in Lengths)
        {
            var (left, right) = (Fill(length, make, random), Fill(length, make, random));
            CheckOne<T, TTest>(left, right, length);
            if (length > 1) CheckOne<T, TTest>(left, [right[0]], length);
            if (length > 1) CheckOne<T, TTest>([left[0]], right, length);
        }
    }

    private static void CheckOne<T, TTest>(T[] left, T[] right, int length) where T : unmanaged, INumber<T> where TTest : struct, IComparison
    {
        using var vector = Bitmap.Zeros(length);
        using var scalar = Bitmap.Zeros(length);
        if (length > 0) Comparison.Loop<T, TTest>(left, right, vector);
        Comparison.ScalarLoop<T, TTest>(left, right, scalar.Words, 0, length);
        Assert.Equal(scalar.Words.ToArray(), vector.Words.ToArray());
    }

    private static T[] Fill<T>(int length, Func<Random, T> make, Random random) => [.. Enumerable.Range(0, length).Select(_ => make(random))];

    private static long Longs(Random random) => random.Next(40) switch { 0 => long.MaxValue, 1 => long.MinValue, var small => small % 4 };

    private static double Doubles(Random random) => random.Next(12) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => -0.0, var small => small % 4 };
}
