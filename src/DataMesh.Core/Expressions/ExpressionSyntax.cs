using DataMesh.Core.Columns;

namespace DataMesh.Core.Expressions;

/// <summary>A node of the syntax tree: what was written, before names and types are known.</summary>
/// <param name="Offset">Where it begins in the expression's text, in characters.</param>
public abstract record ExpressionSyntax(int Offset)
{
    /// <summary>Levels of nesting below and including this node.</summary>
    public int Depth { get; internal init; } = 1;
}

/// <summary>A literal. <paramref name="Text"/> is how a number was written, so that it can become an exact decimal.</summary>
public sealed record LiteralSyntax(int Offset, Scalar Value, string? Text = null) : ExpressionSyntax(Offset);

/// <summary>A column by name.</summary>
public sealed record ColumnSyntax(int Offset, string Name) : ExpressionSyntax(Offset);

/// <summary>A function call or an operator (whose name is its symbol or keywords: <c>+</c>, <c>is null</c>).</summary>
public sealed record CallSyntax(int Offset, string Name, IReadOnlyList<ExpressionSyntax> Arguments) : ExpressionSyntax(Offset);

/// <summary><c>a and b and c</c>, or the same with <c>or</c>: one node for the whole row, so that long conditions stay flat.</summary>
public sealed record LogicalSyntax(int Offset, bool IsAnd, IReadOnlyList<ExpressionSyntax> Terms) : ExpressionSyntax(Offset);

/// <summary><c>cast</c>, <c>try_cast</c> or <c>::</c>.</summary>
public sealed record CastSyntax(int Offset, ExpressionSyntax Value, DataType Target, bool Try) : ExpressionSyntax(Offset);

/// <summary><c>case</c>, with an operand or without.</summary>
public sealed record CaseSyntax(int Offset, ExpressionSyntax? Operand, IReadOnlyList<(ExpressionSyntax When, ExpressionSyntax Then)> Branches, ExpressionSyntax? Else) : ExpressionSyntax(Offset);

/// <summary><c>x in (a, b, c)</c>.</summary>
public sealed record InSyntax(int Offset, ExpressionSyntax Value, IReadOnlyList<ExpressionSyntax> List) : ExpressionSyntax(Offset);

/// <summary>A span of time: months (which have no fixed length) and microseconds.</summary>
public sealed record IntervalSyntax(int Offset, long Months, long Micros) : ExpressionSyntax(Offset);
