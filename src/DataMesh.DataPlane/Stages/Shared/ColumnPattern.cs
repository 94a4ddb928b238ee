using System.IO.Enumeration;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Finds the columns that a stage's options name: by name, or by a pattern with <c>*</c> (any text) and <c>?</c> (any character).</summary>
internal static class ColumnPattern
{
    /// <summary>Whether the text is a pattern and no plain name. A column whose very name holds a <c>*</c> is found by that name first.</summary>
    public static bool IsPattern(string name, Schema input) => name.AsSpan().ContainsAny('*', '?') && input.IndexOf(name) < 0;

    /// <summary>
    /// The positions of the columns that <paramref name="name"/> means, in schema order. None is an error, unless columns were pruned or
    /// <paramref name="optional"/> says otherwise.
    /// </summary>
    public static IEnumerable<int> Find(string name, Schema input, ComponentContext context, Location? location = null, bool optional = false)
    {
        if (!IsPattern(name, input)) return Single(name, input, context, location, optional);
        var found = Enumerable.Range(0, input.Count).Where(i => FileSystemName.MatchesSimpleExpression(name, input[i].Name)).ToList();
        if (found.Count == 0 && !optional && !context.ColumnsArePruned)
            throw new DataMeshException($"No column matches '{name}'.", location, hint: Nearest.Hint(name.Replace("*", "", StringComparison.Ordinal), [.. input.Names]));
        return found;
    }

    /// <summary>
    /// The positions of all columns that an option's list means, each once, in the order of the list. Every name that means none is reported, at its place.
    /// </summary>
    public static List<int> FindAll(Stage stage, string option, IReadOnlyList<string> names, Schema input, ComponentContext context, bool optional = false) =>
        Collect(stage, option, names, (name, place) => Find(name, input, context, place, optional));

    /// <summary>As <see cref="FindAll"/>, of plain names that must be there even when columns were pruned.</summary>
    public static List<int> RequireAll(Stage stage, string option, IReadOnlyList<string> names, Schema input) =>
        Collect(stage, option, names, (name, place) => [input.Require(name, place)]);

    /// <summary>The columns that a name means, or one of unknown type where it means none, for checks that go on after an error.</summary>
    public static IEnumerable<Field> FindOrAssume(string name, Schema input)
    {
        if (IsPattern(name, input)) return input.Where(field => FileSystemName.MatchesSimpleExpression(name, field.Name));
        return [input.TryGet(name, out var field) ? field : new Field(name, DataType.Null)];
    }

    /// <summary>The schema with the named columns present and of unknown type.</summary>
    public static Schema Assume(Schema input, IEnumerable<string> names)
    {
        var unknown = names.SelectMany(name => FindOrAssume(name, input)).Select(field => field with { Type = DataType.Null }).ToList();
        return new Schema(unknown.Concat(input).DistinctBy(field => field.Name, StringComparer.OrdinalIgnoreCase));
    }

    private static List<int> Collect(Stage stage, string option, IReadOnlyList<string> names, Func<string, Location?, IEnumerable<int>> find)
    {
        var found = new List<int>();
        DataMeshException.CheckEach(Enumerable.Range(0, names.Count), i => found.AddRange(find(names[i], OptionPlaces.Of(stage, option, i)).Except(found)));
        return found;
    }

    private static int[] Single(string name, Schema input, ComponentContext context, Location? location, bool optional)
    {
        var at = optional || context.ColumnsArePruned ? input.IndexOf(name) : input.Require(name, location);
        return at < 0 ? [] : [at];
    }
}
