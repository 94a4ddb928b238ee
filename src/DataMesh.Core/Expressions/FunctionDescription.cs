namespace DataMesh.Core.Expressions;

/// <summary>Groups of the reference page.</summary>
public enum FunctionCategory
{
    /// <summary>Symbols and keywords.</summary>
    Operators,
    /// <summary>Choosing between values.</summary>
    Conditions,
    /// <summary>Texts.</summary>
    Text,
    /// <summary>Regular expressions.</summary>
    Patterns,
    /// <summary>Numbers.</summary>
    Numbers,
    /// <summary>Dates and times.</summary>
    Time,
    /// <summary>JSON values.</summary>
    Json,
    /// <summary>Hashes.</summary>
    Hashes,
}

/// <summary>
/// A function, declared once: binding, the reference page, <c>explain</c> and the tests (which run the examples) all come from here.
/// </summary>
/// <param name="Name">The name, in lower case.</param>
/// <param name="Category">Its group.</param>
/// <param name="Summary">One or two sentences that say what it gives.</param>
/// <param name="Signatures">Its forms, such as <c>left(text string, length int64) -> string</c>.</param>
/// <param name="Examples">Expressions over constants with their results: <c>upper('a') => 'A'</c>.</param>
public sealed record FunctionDescription(string Name, FunctionCategory Category, string Summary, string[] Signatures, string[] Examples)
{
    /// <summary>Other names for the same.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>The forms, parsed. Empty for operators, whose rules the binder knows.</summary>
    public IReadOnlyList<FunctionSignature> Forms { get; } = Category == FunctionCategory.Operators ? [] : [.. Signatures.Select(FunctionSignature.Parse)];
}
