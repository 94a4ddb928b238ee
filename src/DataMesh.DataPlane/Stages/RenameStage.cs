using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Spellings that all column names can be brought to.</summary>
public enum NameStyle
{
    /// <summary>Names stay as they are.</summary>
    Keep,
    /// <summary><c>Cost Total $</c> becomes <c>cost_total</c>.</summary>
    SnakeCase,
    /// <summary>Letters become small, nothing else changes.</summary>
    Lower,
}

/// <summary>Gives columns other names.</summary>
[Component("rename", ComponentKind.Stage, "Gives columns other names; order and values stay.",
    Details = "`style: snake_case` brings every column not named to small letters, digits and single underscores; dots stay, because they show where nested "
        + "values came from. Two columns that would get the same name are an error.")]
[Example("Two columns by name", """rename: { "Cost Total $": cost_total, "Flight Date": flight_date }""",
    """{"Cost Total $": 10, "Flight Date": "2000-01-01", "id": 1}""", """{"cost_total": 10, "flight_date": "2000-01-01", "id": 1}""")]
[Example("All names in one style", "rename: { style: snake_case }",
    """{"Cost Total $": 10, "flightDate": "x", "HTTPStatus": 200, "a.b C": 1}""", """{"cost_total": 10, "flight_date": "x", "http_status": 200, "a.b_c": 1}""")]
[Example("A style with an exception", """rename: { columns: { "Cost Total $": price }, style: snake_case }""",
    """{"Cost Total $": 10, "Flight Date": "x"}""", """{"price": 10, "flight_date": "x"}""")]
public sealed class RenameStage : Stage
{
    /// <summary>Old name to new name.</summary>
    [Option("The old name of each column and its new one.", Shorthand = true)]
    public OrderedMap<string> Columns { get; set; } = [];

    /// <summary>The style of all other names.</summary>
    [Option("Brings the names of all columns not named to a style: keep (default), snake_case or lower.")]
    public NameStyle Style { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input)
    {
        var renamed = Columns.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase);
        var kept = input.Select(field => field with { Name = renamed.GetValueOrDefault(field.Name) ?? NameStyles.Apply(field.Name, Style) });
        var missing = Columns.Where(entry => input.IndexOf(entry.Key) < 0).Select(entry => new Field(entry.Value, DataType.Null));
        return [new Schema(kept.Concat(missing).DistinctBy(field => field.Name, StringComparer.OrdinalIgnoreCase))];
    }

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var names = input.Names.Select(name => NameStyles.Apply(name, Style)).ToArray();
        DataMeshException.CheckEach(Columns, entry =>
        {
            if (string.IsNullOrWhiteSpace(entry.Value)) throw new DataMeshException($"The new name of '{entry.Key}' is empty.", entry.Location);
            foreach (var index in ColumnPattern.Find(entry.Key, input, context, entry.Location))
                names[index] = entry.Value;
        });

        var output = new Schema(input.Select((field, i) => field with { Name = names[i] }));
        return new BoundProjection(input, output, [.. Enumerable.Range(0, input.Count)]);
    }
}
