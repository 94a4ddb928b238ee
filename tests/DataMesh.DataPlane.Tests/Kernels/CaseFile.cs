using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;

namespace DataMesh.DataPlane.Tests.Kernels;

/// <summary>
/// Expression cases as data. A line is <c>expression => result</c>; the result is an expression over constants, or <c>failed</c>, or <c>error: part of the message</c>.
/// Lines beginning with <c>#</c> are comments.
/// </summary>
public sealed record ExpressionCase(string File, int Line, string Expression, string Expected)
{
    public override string ToString() => $"{File}:{Line}: {Expression} => {Expected}";

    /// <summary>Every case of every file in the folder.</summary>
    public static IEnumerable<ExpressionCase> All()
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Kernels", "cases"), "*.txt").Order(StringComparer.Ordinal))
        {
            var lines = System.IO.File.ReadAllLines(path);
            for (var i = 0; i < lines.Length; i++)
            {
                if (lines[i].Trim().Length == 0 || lines[i].StartsWith('#')) continue;
                yield return Parse(Path.GetFileName(path), i + 1, lines[i]);
            }
        }
    }

    public static ExpressionCase Parse(string file, int line, string text)
    {
        var arrow = text.LastIndexOf(" => ", StringComparison.Ordinal);
        if (arrow < 0) throw new FormatException($"{file}:{line}: a case is written 'expression => result'.");
        return new ExpressionCase(file, line, text[..arrow].Trim(), text[(arrow + 4)..].Trim());
    }

    /// <summary>Null when the case holds over constants, else what was wrong.</summary>
    public string? Run() => Run(Expression, ExpressionRows.OneRow());

    /// <summary>Runs one expression over the first row of a batch.</summary>
    public string? Run(string expression, RecordBatch batch)
    {
        string actual;
        try
        {
            var compiled = CompiledExpression.Compile(new ExpressionText(expression), batch.Schema);
            using var column = compiled.CreateEvaluator().Evaluate(batch, out var failed);
            actual = failed is not null && failed[0] ? "failed" : ExpressionRows.Show(column, 0);
            if (column.Type != compiled.Type) return $"type {column.Type} although {compiled.Type} was promised";
            if (failed is not null && !compiled.CanFail) return "failed although it can not fail";
            if (column.IsNull(0) && failed is null && !compiled.Nullable && column.Type.Kind != TypeKind.Null) return "null although not nullable";
        }
        catch (DataMeshException error)
        {
            actual = "error: " + error.Message;
        }

        if (Expected.StartsWith("error:", StringComparison.Ordinal))
            return actual.StartsWith("error:", StringComparison.Ordinal) && actual.Contains(Expected[6..].Trim(), StringComparison.OrdinalIgnoreCase) ? null : actual;
        if (Expected == "failed") return actual is "failed" or "error: This can not be computed." ? null : actual;
        using var expected = CompiledExpression.Compile(new ExpressionText(Expected), batch.Schema).CreateEvaluator().Evaluate(batch, out _);
        var wanted = ExpressionRows.Show(expected, 0);
        return actual == wanted ? null : $"{actual}, expected {wanted}";
    }
}
