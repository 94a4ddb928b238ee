using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Tests.Kernels;

/// <summary>Expressions over dictionary-encoded texts give what they give over flat ones, batch after batch while the dictionary grows.</summary>
public class DictionaryTests
{
    [Theory]
    [InlineData("upper(s)")]
    [InlineData("s = 'v3'")]
    [InlineData("s like 'v1%' or s is null")]
    [InlineData("length(s) + 1")]
    [InlineData("try_cast(substr(s, 2) as float64)")]
    [InlineData("cast(substr(s, 2) as int64)")]
    [InlineData("cast(substr(s, 2) as decimal(10,2)) + 1")]
    [InlineData("coalesce(s, 'none')")]
    [InlineData("case when s = 'v1' then 'one' when s > 'v5' then 'big' else s end")]
    [InlineData("s in ('v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7')")]
    [InlineData("date '2024-01-01' + cast(substr(s, 2) as int64)")]
    [InlineData("s || '/' || n")]
    [InlineData("concat(s, n)")]
    [InlineData("s")]
    [InlineData("s < 'v5' and n > 10")]
    [InlineData("s is not null")]
    [InlineData("length(s) > n and s <> 'v2'")]
    public void Dictionary_and_flat_agree(string expression)
    {
        var schema = new Schema([new Field("s", DataType.String), new Field("n", DataType.Int64)]);
        var evaluator = CompiledExpression.Compile(new ExpressionText(expression), schema).CreateEvaluator();
        var flatEvaluator = CompiledExpression.Compile(new ExpressionText(expression), schema).CreateEvaluator();
        var dictionary = new ValueDictionary();
        for (var batch = 0; batch < 4; batch++)
        {
            using var encoded = MakeBatch(schema, dictionary, batch);
            using var flat = new RecordBatch(schema, [((VarColumn)encoded[0]).Flatten(), encoded[1].Share()], encoded.Length);
            using var actual = evaluator.Evaluate(encoded, out var failed);
            using var expected = flatEvaluator.Evaluate(flat, out var expectedFailed);
            for (var row = 0; row < encoded.Length; row++)
            {
                Assert.Equal(ExpressionRows.Show(expected, row), ExpressionRows.Show(actual, row));
                Assert.Equal(expectedFailed?[row] ?? false, failed?[row] ?? false);
            }
        }
    }

    private static RecordBatch MakeBatch(Schema schema, ValueDictionary dictionary, int batch)
    {
        const int rows = 150;
        var codes = PooledBuffer.Rent<int>(rows);
        var validity = Bitmap.Ones(rows);
        var numbers = new long[rows];
        for (var row = 0; row < rows; row++)
        {
            numbers[row] = row;
            codes.As<int>()[row] = row % 11 == 10 ? 0 : dictionary.Add(System.Text.Encoding.UTF8.GetBytes($"v{(row % 7) + batch * 3}"));
            if (row % 5 == 4 && batch != 2) validity[row] = false;
        }

        return new RecordBatch(schema, [new VarColumn(DataType.String, codes, dictionary, rows, validity), FixedColumn<long>.From(DataType.Int64, numbers)], rows);
    }
}
