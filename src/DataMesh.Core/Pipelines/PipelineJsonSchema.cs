using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Core.Pipelines;

/// <summary>The JSON Schema of pipeline files, for completion and checks in editors. Made from the components' declarations.</summary>
public sealed class PipelineJsonSchema
{
    private const string AnyReference = "^\\$\\{.*\\}$";

    private readonly ComponentCatalog _catalog;

    private PipelineJsonSchema(ComponentCatalog catalog) => _catalog = catalog;

    /// <summary>The schema as a JSON document.</summary>
    public static JsonObject Build(ComponentCatalog catalog) => new PipelineJsonSchema(catalog).Build();

    private JsonObject Build()
    {
        var properties = new JsonObject
        {
            ["pipeline"] = Text("Name of the pipeline.", "^[A-Za-z0-9_-]{1,128}$"),
            ["description"] = Text("What the pipeline is for."),
            ["owner"] = Text("Who answers for it."),
            ["env"] = new JsonObject { ["description"] = "Defaults of environment variables that ${NAME} refers to.", ["type"] = "object", ["additionalProperties"] = Scalar() },
            ["source"] = AnyOf("Where rows come from.", [Text("Path of files."), Ref("source")]),
            ["sources"] = Items("Several sources: a list, or a mapping of id to source.", AnyOf(null, [Text("Path of files."), Ref("source")])),
            ["stages"] = new JsonObject { ["description"] = "What happens to the rows, one stage after the other.", ["type"] = "array", ["items"] = Ref("stage") },
            ["dataset"] = Ref("dataset"),
            ["datasets"] = Items("Several datasets: a list, or a mapping of id to dataset.", Ref("dataset")),
            ["sink"] = Ref("sink"),
            ["sinks"] = Items("Several sinks: a list, or a mapping of id to sink.", Ref("sink")),
            ["drift"] = OptionsOrShorthand(OptionSet.Of(typeof(DriftPolicy)), "What happens when a source changes its structure."),
            ["trigger"] = Trigger(),
            ["quarantine"] = OptionsOrShorthand(OptionSet.Of(typeof(QuarantinePolicy)), "When too many records are set aside."),
            ["epoch"] = OptionsObject(OptionSet.Of(typeof(EpochLimits)), "When an epoch ends: what comes first counts."),
            ["parallelism"] = new JsonObject { ["description"] = "How many tasks read side by side; 1 by default.", ["type"] = "integer", ["minimum"] = 1, ["maximum"] = Limits.ParallelismMax },
            ["tests"] = new JsonObject { ["description"] = "Tests: input rows through all stages give output rows.", ["type"] = "array", ["items"] = Test() },
        };
        return new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "DataMesh pipeline",
            ["type"] = "object",
            ["required"] = new JsonArray("pipeline"),
            ["additionalProperties"] = false,
            ["properties"] = properties,
            ["definitions"] = Definitions(),
        };
    }

    private JsonObject Definitions()
    {
        var definitions = new JsonObject
        {
            ["from"] = AnyOf("Id of a source or stage, or an output such as 'router.major'; a list for 'union'.", [Text(), new JsonObject { ["type"] = "array", ["items"] = Text() }]),
            ["source"] = Typed(ComponentKind.Source),
            ["sink"] = Typed(ComponentKind.Sink),
            ["stage"] = Stages(),
            ["dataset"] = _catalog.Find(ComponentKind.Sink, "dataset") is { } dataset ? WithIdAndFrom(OptionsObject(dataset.Options, dataset.Summary)) : new JsonObject(),
        };
        foreach (var stage in _catalog.Of(ComponentKind.Stage)) definitions[$"stage_{stage.Name}"] = OptionsOrShorthand(stage.Options, stage.Summary);
        return definitions;
    }

    private JsonObject Typed(ComponentKind kind)
    {
        var forms = new JsonArray();
        foreach (var component in _catalog.Of(kind))
        {
            var form = WithIdAndFrom(OptionsObject(component.Options, component.Summary));
            ((JsonObject)form["properties"]!)["type"] = new JsonObject { ["const"] = component.Name, ["description"] = component.Summary };
            Require(form, "type");
            forms.Add(form);
        }

        return new JsonObject { ["anyOf"] = forms };
    }

    /// <summary>A stage item: its bare name, or a mapping whose one key beside id and from is its name.</summary>
    private JsonObject Stages()
    {
        var names = new JsonArray();
        var properties = new JsonObject { ["id"] = Text("Name for 'from'."), ["from"] = Ref("from") };
        foreach (var stage in _catalog.Of(ComponentKind.Stage))
        {
            names.Add(stage.Name);
            properties[stage.Name] = Ref($"stage_{stage.Name}");
        }

        var single = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false, ["minProperties"] = 1, ["maxProperties"] = 3 };
        var full = new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("type"),
            ["properties"] = new JsonObject { ["type"] = new JsonObject { ["enum"] = names.DeepClone() }, ["id"] = Text(), ["from"] = Ref("from") },
        };
        return new JsonObject { ["anyOf"] = new JsonArray(single, new JsonObject { ["enum"] = names }, full) };
    }

    private static JsonObject WithIdAndFrom(JsonObject form)
    {
        var properties = (JsonObject)form["properties"]!;
        properties["id"] = Text("Name of this node.");
        properties["from"] ??= Ref("from");
        return form;
    }

    private JsonObject OptionsOrShorthand(OptionSet options, string summary)
    {
        var forms = new List<JsonObject> { OptionsObject(options, summary) };
        if (options.Shorthand is { } shorthand) forms.Insert(0, Value(shorthand.Shape, shorthand.Summary));
        if (!options.All.Any(option => option.Required)) forms.Add(new JsonObject { ["type"] = "null" });
        return AnyOf(summary, [.. forms]);
    }

    private JsonObject OptionsObject(OptionSet options, string? summary)
    {
        var properties = new JsonObject();
        foreach (var option in options.All) properties[option.Name] = Value(option.Shape, option.Summary);
        var form = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (summary is not null) form["description"] = summary;
        foreach (var option in options.All.Where(option => option.Required)) Require(form, option.Name);
        return form;
    }

    private JsonObject Value(OptionShape shape, string? summary)
    {
        var value = shape.Kind switch
        {
            OptionKind.Flag => OrReference(new JsonObject { ["type"] = "boolean" }),
            OptionKind.Integer => OrReference(new JsonObject { ["type"] = "integer" }),
            OptionKind.Number => OrReference(new JsonObject { ["type"] = "number" }),
            OptionKind.Word => new JsonObject { ["enum"] = Words(shape) },
            OptionKind.Type => new JsonObject { ["type"] = "string", ["examples"] = new JsonArray([.. DataType.Names.Select(name => (JsonNode)name)]) },
            OptionKind.List => AnyOf(null, [new JsonObject { ["type"] = "array", ["items"] = Value(shape.Element!, null) }, Value(shape.Element!, null)]),
            OptionKind.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(shape.Element!, null) },
            OptionKind.Options when shape.Options.Shorthand is { } shorthand => AnyOf(null, [Value(shorthand.Shape, null), OptionsObject(shape.Options, null)]),
            OptionKind.Options => OptionsObject(shape.Options, null),
            OptionKind.Source => AnyOf(null, [Text(), Ref("source")]),
            _ => Scalar(),
        };
        if (summary is not null) value["description"] = summary;
        return value;
    }

    private static JsonArray Words(OptionShape shape)
    {
        var words = new JsonArray([.. shape.Words.Select(word => (JsonNode)word)]);
        if (shape.Words.Contains("null")) words.Add((JsonNode?)null);
        return words;
    }

    private static JsonObject Trigger() => AnyOf("When the pipeline runs: once, continuous, every 5m, cron '0 3 * * *'.",
    [
        new JsonObject { ["enum"] = new JsonArray("once", "continuous") },
        Text(null, "^every [0-9.]+ ?(ms|s|m|h|d)$"),
        Text(null, "^cron "),
        new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["every"] = Text(), ["cron"] = Text(), ["timezone"] = Text("IANA time zone of the cron expression; UTC without it.") }, ["additionalProperties"] = false },
    ]);

    private static JsonObject Test()
    {
        var rows = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" } };
        return new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("input"),
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject
            {
                ["name"] = Text("What the test shows."),
                ["input"] = rows.DeepClone(),
                ["output"] = rows,
                ["quarantined"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0 },
                ["source"] = Text("Id of the source that the input stands for; the first one without it."),
                ["sink"] = Text("Id of the dataset or sink whose rows are compared; the first one without it."),
            },
        };
    }

    private static JsonObject Items(string summary, JsonObject item) =>
        AnyOf(summary, [new JsonObject { ["type"] = "array", ["items"] = item }, new JsonObject { ["type"] = "object", ["additionalProperties"] = item.DeepClone() }]);

    private static JsonObject AnyOf(string? summary, JsonObject[] forms)
    {
        var any = new JsonObject { ["anyOf"] = new JsonArray([.. forms]) };
        if (summary is not null) any["description"] = summary;
        return any;
    }

    private static JsonObject OrReference(JsonObject form) => AnyOf(null, [form, Text(null, AnyReference)]);

    private static JsonObject Ref(string name) => new() { ["$ref"] = $"#/definitions/{name}" };

    private static JsonObject Scalar() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    private static JsonObject Text(string? summary = null, string? pattern = null)
    {
        var text = new JsonObject { ["type"] = "string" };
        if (summary is not null) text["description"] = summary;
        if (pattern is not null) text["pattern"] = pattern;
        return text;
    }

    private static void Require(JsonObject form, string name)
    {
        if (form["required"] is not JsonArray required) form["required"] = required = [];
        required.Add(name);
    }
}
