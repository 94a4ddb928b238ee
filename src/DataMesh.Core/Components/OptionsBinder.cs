using System.Collections;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Components;

/// <summary>
/// Turns values of a pipeline file into components with their options. Every mistake is reported with its place and the nearest valid word;
/// binding goes on, so that one run finds all of them.
/// </summary>
public sealed class OptionsBinder(ComponentCatalog catalog, PipelineProblems problems)
{
    /// <summary>
    /// Makes a component from its value: a mapping of options, or the shorthand option's value alone. Problems are collected;
    /// the component comes back even so, for further checks.
    /// </summary>
    public object Bind(ComponentDescriptor component, SpecNode value)
    {
        var instance = component.Create();
        var errors = problems.ErrorCount;
        Fill(instance, component.Options, value, $"{component.Kind.ToString().ToLowerInvariant()} '{component.Name}'");
        if (instance is not Source source || problems.ErrorCount > errors) return instance;
        foreach (var error in source.Check()) problems.Error(error, value.Location);
        return instance;
    }

    /// <summary>Makes a stage from YAML such as <c>filter: cost &gt; 0</c>, for examples and tests. Throws <see cref="DataMeshException"/> on any mistake.</summary>
    public static Stage BindStage(ComponentCatalog catalog, string yaml)
    {
        if (SpecParser.Parse(yaml, "options") is not SpecMap { Entries: [var entry, ..] } map) throw new DataMeshException("A stage is written 'name: options'.");
        var problems = new PipelineProblems();
        var isFull = map.Find("type") is not null;
        var name = isFull ? ((SpecScalar)map.Find("type")!.Value).Text : entry.Key;
        var stage = new OptionsBinder(catalog, problems).Bind(catalog.Require(ComponentKind.Stage, name), isFull ? map.Without("type") : entry.Value);
        return problems.HasErrors ? throw problems.ToException() : (Stage)stage;
    }

    /// <summary>Fills the options of an object from a value.</summary>
    /// <param name="target">The object.</param>
    /// <param name="value">Its value in the file.</param>
    /// <param name="what">Name for messages: <c>stage 'filter'</c>.</param>
    public void Fill(object target, SpecNode value, string what) => Fill(target, OptionSet.Of(target.GetType()), value, what);

    private void Fill(object target, OptionSet options, SpecNode value, string what)
    {
        options.Place?.SetValue(target, value.Location);
        var isShorthandMap = value is SpecMap keys && IsShorthandMap(options, keys);
        if (isShorthandMap) WarnOfOptionsAmongKeys(options, (SpecMap)value);
        if (value is SpecMap map && !isShorthandMap) FillFromMap(target, options, map, what);
        else if (value is SpecScalar { IsNull: true } && !TakesNull(options.Shorthand)) RequireAll(options, [], value.Location, what);
        else if (options.Shorthand is { } shorthand) FillShorthand(target, options, shorthand, value, what);
        else problems.Error($"The {what} needs a mapping of options, not {value.What}.", value.Location, hint: $"options: {Names(options)}");
    }

    private void FillShorthand(object target, OptionSet options, OptionDescriptor shorthand, SpecNode value, string what)
    {
        Set(target, shorthand, value, what);
        RequireAll(options, [shorthand.Name], value.Location, what);
    }

    private void Set(object target, OptionDescriptor option, SpecNode value, string what)
    {
        if (Read(option.Shape, value, what) is not { } bound) return;
        option.Property.SetValue(target, bound);
        OptionPlaces.Keep(target, option, value);
    }

    /// <summary>An option that was probably meant by a mistyped key is not reported as missing as well.</summary>
    private void FillFromMap(object target, OptionSet options, SpecMap map, string what)
    {
        var given = new List<string>(map.Entries.Count);
        foreach (var entry in map.Entries)
        {
            if (options.Find(entry.Key) is not { } option)
            {
                var names = options.All.Select(each => each.Name).ToList();
                problems.Error($"The {what} has no option '{entry.Key}'.", entry.KeyLocation, hint: Nearest.Hint(entry.Key, names));
                if (Nearest.Find(entry.Key, names) is { } meant) given.Add(meant);
                continue;
            }

            if (entry.Value is SpecScalar { IsNull: true } && !TakesNull(option)) continue;
            given.Add(option.Name);
            Set(target, option, entry.Value, $"{what}, option '{option.Name}'");
        }

        RequireAll(options, given, map.Location, what);
    }

    private void RequireAll(OptionSet options, List<string> given, Location at, string what)
    {
        foreach (var option in options.All)
        {
            if (option.Required && !given.Contains(option.Name))
                problems.Error($"The {what} needs the option '{option.Name}'.", at, option.Summary);
        }
    }

    /// <summary>
    /// A mapping under a component whose shorthand is itself a mapping (<c>rename: {a: b}</c>) is the shorthand unless all of its keys are options.
    /// </summary>
    private static bool IsShorthandMap(OptionSet options, SpecMap map) =>
        options.Shorthand is { Shape.Kind: OptionKind.Map } shorthand
        && map.Find(shorthand.Name) is null
        && !(map.Entries.Count > 0 && map.Entries.All(entry => options.Find(entry.Key) is not null));

    private void WarnOfOptionsAmongKeys(OptionSet options, SpecMap map)
    {
        foreach (var entry in map.Entries.Where(entry => options.Find(entry.Key) is not null))
        {
            problems.Warning(
                $"'{entry.Key}' is read as one of the names here, not as the option '{entry.Key}'.",
                entry.KeyLocation,
                hint: $"to set the option, write the other names indented under '{options.Shorthand!.Name}:'");
        }
    }

    private static bool TakesNull(OptionDescriptor? option) => option?.Shape is { Kind: OptionKind.Word } shape && shape.Words.Contains("null");

    private static string Names(OptionSet options) => string.Join(", ", options.All.Select(option => option.Name));

    private object? Read(OptionShape shape, SpecNode value, string what) => shape.Kind switch
    {
        OptionKind.List => ReadList(shape, value, what),
        OptionKind.Map => ReadMap(shape, value, what),
        OptionKind.Options => ReadOptions(shape, value, what),
        OptionKind.Source => ReadSource(value, what),
        _ => ReadScalar(shape, value, what),
    };

    private object? ReadScalar(OptionShape shape, SpecNode value, string what)
    {
        if (value is SpecScalar scalar)
        {
            var bound = ScalarOptions.Parse(shape, scalar, out var hint);
            if (bound is null) problems.Error($"The {what} can not be {scalar.What}.", scalar.Location, $"It takes: {shape.Describe()}.", hint);
            return bound;
        }

        problems.Error($"The {what} can not be {value.What}.", value.Location, $"It takes: {shape.Describe()}.");
        return null;
    }

    private object ReadList(OptionShape shape, SpecNode value, string what)
    {
        var element = shape.Element!;
        var items = value is SpecList list ? list.Items : [value];
        var bound = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element.Type))!;
        foreach (var item in items)
        {
            if (Read(element, item, what) is { } one) bound.Add(one);
        }

        if (!shape.Type.IsArray) return bound;
        var array = Array.CreateInstance(element.Type, bound.Count);
        bound.CopyTo(array, 0);
        return array;
    }

    private object? ReadMap(OptionShape shape, SpecNode value, string what)
    {
        if (value is not SpecMap map)
        {
            problems.Error($"The {what} can not be {value.What}.", value.Location, $"It takes: {shape.Describe()}.");
            return null;
        }

        var element = shape.Element!;
        var bound = (IList)Activator.CreateInstance(shape.Type)!;
        var entryType = typeof(OrderedMapEntry<>).MakeGenericType(element.Type);
        foreach (var entry in map.Entries)
        {
            if (Read(element, entry.Value, $"{what}, key '{entry.Key}'") is { } one)
                bound.Add(Activator.CreateInstance(entryType, entry.Key, one, entry.KeyLocation));
        }

        return bound;
    }

    private object ReadOptions(OptionShape shape, SpecNode value, string what)
    {
        var nested = Activator.CreateInstance(shape.Type)!;
        Fill(nested, shape.Options, value, what);
        return nested;
    }

    private object? ReadSource(SpecNode value, string what)
    {
        var type = value is SpecMap map ? map.Find("type")?.Value as SpecScalar : null;
        var name = type?.Text ?? "file";
        if (value is SpecMap && type is null || value is SpecList)
        {
            problems.Error($"The {what} needs a source with its 'type'.", value.Location, hint: "for example { type: file, path: data.csv }");
            return null;
        }

        try
        {
            return Bind(catalog.Require(ComponentKind.Source, name, type?.Location ?? value.Location), value is SpecMap options ? options.Without("type") : value);
        }
        catch (DataMeshException unknown)
        {
            problems.Error(unknown);
            return null;
        }
    }
}
