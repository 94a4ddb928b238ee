namespace DataMesh.Core.Components;

/// <summary>
/// Makes a property an option of its component. The YAML name is the property's name in snake_case. Types that bind: string, bool, int, long,
/// double, enums (snake_case), <see cref="ExpressionText"/>, <see cref="ByteCount"/>, <see cref="TimeSpan"/> (5s, 10m, 2h, 1d), <see cref="Columns.DataType"/>,
/// lists of these, <see cref="OrderedMap{T}"/> of these, classes with options of their own, and a nested <see cref="Source"/>.
/// </summary>
/// <param name="summary">What the option does, its unit, and what happens without it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute(string summary) : Attribute
{
    /// <summary>What the option does.</summary>
    public string Summary { get; } = summary;

    /// <summary>Whether the component can not be used without it.</summary>
    public bool Required { get; init; }

    /// <summary>Whether the component's value may stand for this option alone: <c>filter: cost &gt; 0</c>. At most one per class.</summary>
    public bool Shorthand { get; init; }
}
