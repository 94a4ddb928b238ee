using System.Reflection;

namespace DataMesh.Core.Components;

/// <summary>A registered component: everything that its declaration says.</summary>
public sealed class ComponentDescriptor
{
    private readonly ComponentAttribute _attribute;

    internal ComponentDescriptor(Type type, ComponentAttribute attribute)
    {
        Type = type;
        _attribute = attribute;
    }

    /// <summary>The class.</summary>
    public Type Type { get; }

    /// <summary>The word in the pipeline file.</summary>
    public string Name => _attribute.Name;

    /// <summary>Which contract it fills.</summary>
    public ComponentKind Kind => _attribute.Kind;

    /// <summary>One sentence that says what it does.</summary>
    public string Summary => _attribute.Summary;

    /// <summary>More paragraphs for the reference page.</summary>
    public string? Details => _attribute.Details;

    /// <summary>Its options.</summary>
    public OptionSet Options => field ??= OptionSet.Of(Type);

    /// <summary>Its worked examples.</summary>
    public IReadOnlyList<ExampleAttribute> Examples => field ??= [.. Type.GetCustomAttributes<ExampleAttribute>()];

    /// <summary>Whether it is a stage that reads several inputs.</summary>
    public bool TakesSeveralInputs =>
        Type.GetMethod(nameof(Stage.Bind), [typeof(IReadOnlyList<Columns.Schema>), typeof(ComponentContext)])?.DeclaringType is { } declaring && declaring != typeof(Stage);

    /// <summary>A new instance with default options.</summary>
    public object Create() => Activator.CreateInstance(Type)!;
}
