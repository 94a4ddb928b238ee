using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats;

namespace DataMesh.Connectors.Files;

/// <summary>One schema for many files.</summary>
internal static class FileSchemas
{
    private const int SampledAtEachEnd = 8;

    /// <summary>The files to look at: the first and the last ones, where change is likeliest to show.</summary>
    public static IReadOnlyList<string> Sample(IReadOnlyList<string> files) =>
        files.Count <= 2 * SampledAtEachEnd ? files : [.. files.Take(SampledAtEachEnd), .. files.TakeLast(SampledAtEachEnd)];

    /// <summary>All columns in the order in which they are first met, each with the type that holds what every file has.</summary>
    public static Schema Union(IEnumerable<Schema> schemas)
    {
        var fields = new List<Field>();
        var places = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in schemas.SelectMany(schema => schema))
        {
            if (places.TryAdd(field.Name, fields.Count)) fields.Add(field);
            else fields[places[field.Name]] = fields[places[field.Name]] with { Type = TypeLattice.Join(fields[places[field.Name]].Type, field.Type) };
        }

        return new Schema(fields);
    }

    /// <summary>The description of files that hold no record: nothing is known of their columns.</summary>
    public static SourceDescription Nothing(IReadOnlyList<string> files) =>
        new(new Schema([]), new Dictionary<string, string> { ["format"] = "empty" }, files.Sum(file => new FileInfo(file).Length)) { IsEmpty = true };

    /// <summary>What was detected: of the first file, and where the files differ.</summary>
    public static Dictionary<string, string> Facts(IReadOnlyList<FormatDescription> descriptions, int files)
    {
        var first = descriptions[0];
        var facts = new Dictionary<string, string>
        {
            ["format"] = string.Join(", ", descriptions.Select(each => each.Format.Name).Distinct()),
            ["encoding"] = string.Join(", ", descriptions.Select(each => each.Text.Encoding).Distinct()),
            ["compression"] = string.Join(", ", descriptions.Select(each => each.Text.Compression).Distinct()),
        };
        if (files > 1) facts["files"] = files.ToString(CultureInfo.InvariantCulture);
        foreach (var (key, value) in first.Facts) facts[key] = value;
        return facts;
    }
}
