using System.Runtime.CompilerServices;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Components;

/// <summary>
/// Where the texts of a component's options stand in the pipeline file, so that an error about one of them points at it. Options that carry their place
/// themselves (expressions, mappings) are not kept here, and neither are components that code made.
/// </summary>
public static class OptionPlaces
{
    private static readonly ConditionalWeakTable<object, Dictionary<string, Location[]>> Known = [];

    /// <summary>The place of an option's text, or of one item of its list; null when it is not known.</summary>
    /// <param name="component">The component, or the object of nested options.</param>
    /// <param name="property">Name of the option's property.</param>
    /// <param name="item">Which item of a list.</param>
    public static Location? Of(object component, string property, int item = 0) =>
        Known.TryGetValue(component, out var places) && places.TryGetValue(property, out var found) && item < found.Length ? found[item] : null;

    internal static void Keep(object component, OptionDescriptor option, SpecNode value)
    {
        var isText = option.Shape.Kind == OptionKind.Text || option.Shape is { Kind: OptionKind.List, Element.Kind: OptionKind.Text };
        if (isText) Known.GetOrCreateValue(component)[option.Property.Name] = value is SpecList list ? [.. list.Items.Select(item => item.Location)] : [value.Location];
    }
}
