using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>What a key or an argument is computed from: a column as it is, or an expression.</summary>
internal sealed class Operand
{
    private readonly int _column;
    private readonly CompiledExpression? _expression;

    private Operand(string text, Field field, int column)
    {
        Text = text;
        Type = field.Type;
        Columns = new HashSet<string>([field.Name], StringComparer.OrdinalIgnoreCase);
        _column = column;
    }

    private Operand(string text, CompiledExpression expression)
    {
        Text = text;
        Type = expression.Type;
        Columns = expression.Columns;
        _expression = expression;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>The type of its values.</summary>
    public DataType Type { get; }

    /// <summary>Names of the input columns it needs.</summary>
    public IReadOnlySet<string> Columns { get; }

    /// <summary>Finds the column that the text names, or compiles the text.</summary>
    public static Operand Bind(ExpressionText text, Schema input)
    {
        var name = text.Text.Trim();
        var column = input.IndexOf(name);
        return column >= 0 ? new Operand(text.Text, input[column], column) : new Operand(text.Text, CompiledExpression.Compile(text, input));
    }

    /// <summary>What computes it on one core.</summary>
    public OperandReader CreateReader() => new(_column, _expression?.CreateEvaluator());
}

/// <summary>Computes an operand over batches, on one core.</summary>
internal sealed class OperandReader(int column, Evaluator? evaluator)
{
    /// <summary>The operand's values, a new owner; <paramref name="failed"/> has a one for every row that could not be computed.</summary>
    public Column Read(RecordBatch batch, out Bitmap? failed)
    {
        failed = null;
        return evaluator is null ? batch[column].Share() : evaluator.Evaluate(batch, out failed);
    }
}
