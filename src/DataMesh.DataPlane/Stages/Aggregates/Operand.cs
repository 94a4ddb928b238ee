using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>What a key or an argument is computed from: a column as it is, or an expression.</summary>
internal sealed class Operand
{
    private readonly int _column;

    private Operand(string text, DataType type, int column, IReadOnlySet<string> columns)
    {
        Text = text;
        Type = type;
        _column = column;
        Columns = columns;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>The type of its values.</summary>
    public DataType Type { get; }

    /// <summary>Names of the input columns it needs.</summary>
    public IReadOnlySet<string> Columns { get; }

    /// <summary>Finds the column that the text names.</summary>
    public static Operand Bind(ExpressionText text, Schema input)
    {
        var name = text.Text.Trim();
        if (name.Length > 1 && name[0] is '"' or '`' && name[^1] == name[0]) name = name[1..^1];
        var column = input.Require(name, text.Location);
        return new Operand(text.Text, input[column].Type, column, new HashSet<string>([input[column].Name], StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>What computes it on one core.</summary>
    public OperandReader CreateReader() => new(_column);
}

/// <summary>Computes an operand over batches, on one core.</summary>
internal sealed class OperandReader(int column)
{
    /// <summary>The operand's values, a new owner; <paramref name="failed"/> has a one for every row that could not be computed.</summary>
    public Column Read(RecordBatch batch, out Bitmap? failed)
    {
        failed = null;
        return batch[column].Share();
    }
}
