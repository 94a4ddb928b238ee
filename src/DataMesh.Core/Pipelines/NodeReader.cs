using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Pipelines;

/// <summary>Reads the sources, stages and sinks of a pipeline file: their component, options, <c>id</c> and <c>from</c>.</summary>
internal sealed class NodeReader(ComponentCatalog catalog, PipelineProblems problems)
{
    private readonly OptionsBinder _binder = new(catalog, problems);
    private readonly Dictionary<string, Location> _ids = [];

    /// <summary>Reads <c>source</c> or <c>sources</c>.</summary>
    public List<NodeDraft> ReadSources(SpecMap root)
    {
        var drafts = new List<NodeDraft>();
        if (root.Find("source") is { } one) Add(drafts, ReadSource(one.Value, null, "source"));
        if (root.Find("sources") is { } several) ReadItems(several, (value, key) => Add(drafts, ReadSource(value, key, "source")));
        return drafts;
    }

    /// <summary>Reads <c>dataset</c>, <c>datasets</c>, <c>sink</c> and <c>sinks</c>.</summary>
    public List<NodeDraft> ReadSinks(SpecMap root)
    {
        var drafts = new List<NodeDraft>();
        if (root.Find("dataset") is { } dataset) Add(drafts, ReadDataset(dataset.Value, null));
        if (root.Find("datasets") is { } datasets) ReadItems(datasets, (value, key) => Add(drafts, ReadDataset(value, key)));
        if (root.Find("sink") is { } sink) Add(drafts, ReadTyped(ComponentKind.Sink, sink.Value, null, "sink"));
        if (root.Find("sinks") is { } sinks) ReadItems(sinks, (value, key) => Add(drafts, ReadTyped(ComponentKind.Sink, value, key, "sink")));
        return drafts;
    }

    /// <summary>Reads the list of <c>stages</c>.</summary>
    public List<NodeDraft> ReadStages(SpecMap root)
    {
        var drafts = new List<NodeDraft>();
        if (root.Find("stages") is not { } stages || stages.Value is SpecScalar { IsNull: true }) return drafts;
        if (stages.Value is not SpecList list)
        {
            problems.Error($"'stages' must be a list, not {stages.Value.What}.", stages.Value.Location, hint: "begin each stage with '- '");
            return drafts;
        }

        var isGap = false;
        foreach (var item in list.Items)
        {
            var draft = ReadStage(item);
            draft?.FollowsGap = isGap;
            isGap = draft is null;
            Add(drafts, draft);
        }

        return drafts;
    }

    private static void Add(List<NodeDraft> drafts, NodeDraft? draft)
    {
        if (draft is not null) drafts.Add(draft);
    }

    private void ReadItems(SpecEntry items, Action<SpecNode, SpecEntry?> read)
    {
        if (items.Value is SpecList list)
        {
            foreach (var item in list.Items) read(item, null);
        }
        else if (items.Value is SpecMap map)
        {
            foreach (var entry in map.Entries) read(entry.Value, entry);
        }
        else
        {
            problems.Error($"'{items.Key}' must be a list or a mapping of id to options, not {items.Value.What}.", items.Value.Location);
        }
    }

    private NodeDraft? ReadSource(SpecNode value, SpecEntry? key, string defaultId) =>
        value is SpecScalar { IsNull: false } && catalog.Find(ComponentKind.Source, "file") is { } file
            ? Make(file, value, key, null, null, defaultId, value.Location)
            : ReadTyped(ComponentKind.Source, value, key, defaultId);

    private NodeDraft? ReadDataset(SpecNode value, SpecEntry? key)
    {
        if (catalog.Find(ComponentKind.Sink, "dataset") is not { } component)
        {
            problems.Error("There is no sink 'dataset' in this program.", value.Location);
            return null;
        }

        var map = value as SpecMap;
        var name = Text(map?.Find("name")?.Value) ?? key?.Key ?? "dataset";
        return Make(component, map is null ? value : map.Without("id", "from"), key, map?.Find("id")?.Value, map?.Find("from")?.Value, name, value.Location);
    }

    private NodeDraft? ReadTyped(ComponentKind kind, SpecNode value, SpecEntry? key, string defaultId)
    {
        var what = kind.ToString().ToLowerInvariant();
        if (value is not SpecMap map || map.Find("type") is not { Value: SpecScalar type })
        {
            problems.Error($"A {what} needs its 'type'.", value.Location, hint: $"types: {string.Join(", ", catalog.Of(kind).Select(each => each.Name))}");
            return null;
        }

        return Require(kind, type.Text, type.Location) is { } component
            ? Make(component, map.Without("type", "id", "from"), key, map.Find("id")?.Value, map.Find("from")?.Value, defaultId, value.Location)
            : null;
    }

    private NodeDraft? ReadStage(SpecNode item)
    {
        if (item is SpecScalar { IsNull: false } bare)
            return Require(ComponentKind.Stage, bare.Text, bare.Location) is { } alone ? Make(alone, new SpecScalar("", false, bare.Location), null, null, null, bare.Text, bare.Location) : null;
        if (item is not SpecMap map)
        {
            problems.Error($"A stage is written 'name: options', not {item.What}.", item.Location, hint: "for example '- filter: amount > 0'");
            return null;
        }

        var id = map.Find("id")?.Value;
        var from = map.Find("from")?.Value;
        if (map.Find("type") is { Value: SpecScalar type })
            return Require(ComponentKind.Stage, type.Text, type.Location) is { } full ? Make(full, map.Without("type", "id", "from"), null, id, from, type.Text, map.Location) : null;
        var rest = map.Without("id", "from");
        if (rest.Entries is not [var entry])
        {
            ReportShape(rest, map);
            return null;
        }

        return Require(ComponentKind.Stage, entry.Key, entry.KeyLocation) is { } component
            ? Make(component, entry.Value, null, id, from, entry.Key, entry.KeyLocation)
            : null;
    }

    private void ReportShape(SpecMap rest, SpecMap item)
    {
        if (rest.Entries.Count == 0)
        {
            problems.Error("This stage has no name.", item.Location, hint: "for example '- filter: amount > 0'");
            return;
        }

        var named = rest.Entries.Where(entry => catalog.Find(ComponentKind.Stage, entry.Key) is not null).Select(entry => $"'{entry.Key}'").ToList();
        var isOptionOutside = named.Count == 1;
        problems.Error(
            isOptionOutside ? $"The options of {named[0]} must be indented below it." : "This item of 'stages' holds several stages.",
            rest.Entries[1].KeyLocation,
            hint: isOptionOutside ? null : "begin each stage with '- '");
    }

    private ComponentDescriptor? Require(ComponentKind kind, string name, Location at)
    {
        try
        {
            return catalog.Require(kind, name, at);
        }
        catch (DataMeshException unknown)
        {
            problems.Error(unknown);
            return null;
        }
    }

    private NodeDraft Make(ComponentDescriptor component, SpecNode options, SpecEntry? key, SpecNode? id, SpecNode? from, string defaultId, Location at)
    {
        var errors = problems.ErrorCount;
        var instance = _binder.Bind(component, options);
        var isBroken = problems.ErrorCount > errors;
        var given = id is not null ? Text(id) : key?.Key;
        return new NodeDraft(given is null ? FreeId(defaultId, at) : TakeId(given, id?.Location ?? key!.KeyLocation), component, instance, ReadFrom(from), at) { IsBroken = isBroken };
    }

    private string TakeId(string id, Location at)
    {
        if (!IsName(id)) problems.Error($"'{id}' can not be an id.", at, hint: "use letters, digits, '_' and '-'");
        if (_ids.TryGetValue(id, out var first)) problems.Error($"The id '{id}' is taken.", at, $"first at line {first.Line}");
        _ids.TryAdd(id, at);
        return id;
    }

    private string FreeId(string wanted, Location at)
    {
        var id = IsName(wanted) ? wanted : "node";
        var free = id;
        for (var n = 2; _ids.ContainsKey(free); n++) free = $"{id}_{n}";
        _ids.Add(free, at);
        return free;
    }

    private IReadOnlyList<SpecScalar>? ReadFrom(SpecNode? from)
    {
        if (from is null) return null;
        var items = from is SpecList list ? list.Items : [from];
        var texts = items.OfType<SpecScalar>().Where(text => !text.IsNull).ToList();
        if (texts.Count == items.Count && texts.Count > 0) return texts;
        problems.Error("'from' takes an id, an output such as 'router.major', or a list of these.", from.Location);
        return texts;
    }

    private static string? Text(SpecNode? node) => node is SpecScalar { IsNull: false } scalar ? scalar.Text : null;

    /// <summary>Whether a text can name a pipeline or a node.</summary>
    internal static bool IsName(string text) => text.Length is > 0 and <= 128 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
