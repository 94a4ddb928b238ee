namespace DataMesh.Core.Components;

/// <summary>
/// Registers a class as a component under the name that pipeline files use. The class's public properties marked with
/// <see cref="OptionAttribute"/> are its options. Validation, help, JSON Schema and reference pages come from these attributes alone.
/// </summary>
/// <param name="name">The word in the pipeline file: a noun for sources and sinks, a verb for stages.</param>
/// <param name="kind">Which contract it fills.</param>
/// <param name="summary">One sentence that says what it does.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ComponentAttribute(string name, ComponentKind kind, string summary) : Attribute
{
    /// <summary>The word in the pipeline file.</summary>
    public string Name { get; } = name;

    /// <summary>Which contract it fills.</summary>
    public ComponentKind Kind { get; } = kind;

    /// <summary>One sentence that says what it does.</summary>
    public string Summary { get; } = summary;

    /// <summary>More paragraphs for the reference page, in Markdown.</summary>
    public string? Details { get; init; }
}
