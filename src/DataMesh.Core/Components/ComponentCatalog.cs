using System.Reflection;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Components;

/// <summary>The components of the given assemblies, found by their <see cref="ComponentAttribute"/>.</summary>
public sealed class ComponentCatalog
{
    private readonly Dictionary<(ComponentKind, string), ComponentDescriptor> _components = [];

    /// <summary>A catalog of the given classes; those without the attribute are passed over.</summary>
    public ComponentCatalog(IEnumerable<Type> types)
    {
        foreach (var type in types)
        {
            if (!type.IsClass || type.IsAbstract || ContractOf(type) is not { } contract) continue;
            if (type.GetCustomAttribute<ComponentAttribute>() is not { } attribute) continue;
            if (attribute.Kind != contract) throw new InvalidOperationException($"{type} is registered as a {attribute.Kind} but is a {contract}.");
            if (!_components.TryAdd((attribute.Kind, attribute.Name), new ComponentDescriptor(type, attribute)))
                throw new InvalidOperationException($"Two {attribute.Kind} components are named '{attribute.Name}'.");
        }
    }

    /// <summary>A catalog of everything that the assemblies register.</summary>
    public static ComponentCatalog Scan(params IEnumerable<Assembly> assemblies) => new(assemblies.SelectMany(assembly => assembly.GetTypes()));

    /// <summary>All components of one kind by name.</summary>
    public IReadOnlyList<ComponentDescriptor> Of(ComponentKind kind) =>
        [.. _components.Values.Where(component => component.Kind == kind).OrderBy(component => component.Name, StringComparer.Ordinal)];

    /// <summary>A component, or null.</summary>
    public ComponentDescriptor? Find(ComponentKind kind, string name) => _components.GetValueOrDefault((kind, name));

    /// <summary>A component, or an error that names the nearest one.</summary>
    public ComponentDescriptor Require(ComponentKind kind, string name, Location? location = null) =>
        Find(kind, name) ?? throw Unknown(kind, name, location);

    private DataMeshException Unknown(ComponentKind kind, string name, Location? location)
    {
        var what = kind.ToString().ToLowerInvariant();
        foreach (var other in Enum.GetValues<ComponentKind>())
        {
            if (Find(other, name) is not null)
                return new DataMeshException($"There is no {what} '{name}'.", location, $"'{name}' is a {other.ToString().ToLowerInvariant()}.");
        }

        return new DataMeshException($"There is no {what} '{name}'.", location, hint: Nearest.Hint(name, [.. Of(kind).Select(each => each.Name)]));
    }

    private static ComponentKind? ContractOf(Type type) =>
        typeof(Stage).IsAssignableFrom(type) ? ComponentKind.Stage
        : typeof(Source).IsAssignableFrom(type) ? ComponentKind.Source
        : typeof(Sink).IsAssignableFrom(type) ? ComponentKind.Sink
        : null;
}
