using System.Collections.Concurrent;
using System.Reflection;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Components;

/// <summary>One option of a component.</summary>
public sealed class OptionDescriptor
{
    private readonly OptionAttribute _attribute;

    internal OptionDescriptor(PropertyInfo property, OptionAttribute attribute)
    {
        _attribute = attribute;
        Property = property;
        Name = Naming.SnakeCase(property.Name);
    }

    /// <summary>The property that holds it.</summary>
    public PropertyInfo Property { get; }

    /// <summary>Its name in pipeline files.</summary>
    public string Name { get; }

    /// <summary>What it does.</summary>
    public string Summary => _attribute.Summary;

    /// <summary>Whether the component can not be used without it.</summary>
    public bool Required => _attribute.Required;

    /// <summary>Whether the component's value may stand for it alone.</summary>
    public bool IsShorthand => _attribute.Shorthand;

    /// <summary>What values it takes.</summary>
    public OptionShape Shape => field ??= OptionShape.Of(Property.PropertyType);
}

/// <summary>The options of a component or of a nested option class.</summary>
public sealed class OptionSet
{
    private static readonly ConcurrentDictionary<Type, OptionSet> Known = new();

    private OptionSet(Type type)
    {
        All = [.. from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                  let attribute = property.GetCustomAttribute<OptionAttribute>()
                  where attribute is not null
                  orderby Depth(property.DeclaringType), property.MetadataToken
                  select new OptionDescriptor(property, attribute)];
        Place = type.GetProperty(nameof(Location), typeof(Location?)) is { CanWrite: true } place ? place : null;
    }

    /// <summary>All options, those of base classes first, else in the order of the declaration.</summary>
    public IReadOnlyList<OptionDescriptor> All { get; }

    /// <summary>The option that the value alone may stand for.</summary>
    public OptionDescriptor? Shorthand => field ??= All.FirstOrDefault(option => option.IsShorthand);

    /// <summary>A settable property <c>Location? Location</c>: it gets the place in the pipeline file.</summary>
    internal PropertyInfo? Place { get; }

    /// <summary>The option of a name, or null.</summary>
    public OptionDescriptor? Find(string name) => All.FirstOrDefault(option => option.Name == name);

    /// <summary>The options that a class declares.</summary>
    public static OptionSet Of(Type type) => Known.GetOrAdd(type, static each => new OptionSet(each));

    private static int Depth(Type? type) => type is null ? 0 : 1 + Depth(type.BaseType);
}
