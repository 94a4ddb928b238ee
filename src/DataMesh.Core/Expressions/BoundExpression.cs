using DataMesh.Core.Columns;

namespace DataMesh.Core.Expressions;

/// <summary>An expression whose names and types are resolved against a schema. Every implicit conversion is an explicit <see cref="BoundCast"/>.</summary>
/// <param name="Type">Type of the result.</param>
/// <param name="Nullable">Whether the result can be null.</param>
/// <param name="Offset">Where it stands in the text.</param>
public abstract record BoundExpression(DataType Type, bool Nullable, int Offset);

/// <summary>A constant; <paramref name="Text"/> is how a number was written.</summary>
public sealed record BoundLiteral(Scalar Value, int Offset, string? Text = null) : BoundExpression(Value.Type, Value.IsNull, Offset);

/// <summary>A column of the input.</summary>
public sealed record BoundColumn(int Index, string Name, DataType Type, bool Nullable, int Offset) : BoundExpression(Type, Nullable, Offset);

/// <summary>A function or operator; <paramref name="Kernel"/> is the key of the implementation: an operator's name or a signature's key.</summary>
public sealed record BoundCall(string Kernel, IReadOnlyList<BoundExpression> Arguments, DataType Type, bool Nullable, int Offset) : BoundExpression(Type, Nullable, Offset);

/// <summary><c>and</c> or <c>or</c> over any number of conditions.</summary>
public sealed record BoundLogical(bool IsAnd, IReadOnlyList<BoundExpression> Terms, bool Nullable, int Offset) : BoundExpression(DataType.Bool, Nullable, Offset);

/// <summary>A conversion; with <paramref name="Try"/> what can not be converted becomes null instead of failing its row.</summary>
public sealed record BoundCast(BoundExpression Value, DataType Target, bool Try, int Offset) : BoundExpression(Target, Value.Nullable || Try, Offset);

/// <summary><c>case when</c>: conditions are bools, results and <paramref name="Else"/> have the type of the whole.</summary>
public sealed record BoundCase(IReadOnlyList<BoundExpression> Conditions, IReadOnlyList<BoundExpression> Results, BoundExpression Else, DataType Type, bool Nullable, int Offset)
    : BoundExpression(Type, Nullable, Offset);

/// <summary>The first of its arguments that is not null.</summary>
public sealed record BoundCoalesce(IReadOnlyList<BoundExpression> Arguments, DataType Type, bool Nullable, int Offset) : BoundExpression(Type, Nullable, Offset);

/// <summary><c>x in (…)</c> over constants that are not null; <paramref name="HasNull"/> says that the list held a null too.</summary>
public sealed record BoundIn(BoundExpression Value, IReadOnlyList<Scalar> List, bool HasNull, int Offset) : BoundExpression(DataType.Bool, Value.Nullable || HasNull, Offset);
