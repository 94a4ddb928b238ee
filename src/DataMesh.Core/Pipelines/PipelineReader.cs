using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Pipelines;

/// <summary>What came of reading a pipeline file.</summary>
/// <param name="Definition">The pipeline; null when there are errors.</param>
/// <param name="Problems">Errors and warnings in file order.</param>
/// <param name="Draft">What could be read in spite of errors, for further checks; null when that is nothing.</param>
public sealed record PipelineReading(PipelineDefinition? Definition, IReadOnlyList<PipelineProblem> Problems, PipelineDefinition? Draft = null)
{
    /// <summary>Ids of the sources, stages and sinks in the draft whose options have errors.</summary>
    public IReadOnlySet<string> Broken { get; init; } = new HashSet<string>();
}

/// <summary>Reads pipeline files.</summary>
public sealed class PipelineReader
{
    private static readonly string[] Keys =
        ["pipeline", "description", "owner", "env", "source", "sources", "drift", "stages", "dataset", "datasets", "sink", "sinks", "trigger", "epoch", "parallelism", "quarantine", "tests"];

    private readonly string _file;
    private readonly string _text;
    private readonly ComponentCatalog _catalog;
    private readonly Func<string, string?> _environment;
    private readonly PipelineProblems _problems = new();
    private readonly HashSet<string> _broken = [];

    private PipelineReader(string file, string text, ComponentCatalog catalog, Func<string, string?> environment)
    {
        _file = file;
        _text = text;
        _catalog = catalog;
        _environment = environment;
    }

    /// <summary>Reads a pipeline file. Throws <see cref="DataMeshException"/> that tells every error in it.</summary>
    public static PipelineDefinition Read(string path, ComponentCatalog catalog)
    {
        var problems = new PipelineProblems();
        var reading = TryRead(path, catalog);
        if (reading.Definition is { } definition) return definition;
        foreach (var problem in reading.Problems.Where(each => each.Severity == ProblemSeverity.Error)) problems.Error(problem.Message, problem.Location, problem.Detail, problem.Hint);
        throw problems.ToException();
    }

    /// <summary>Reads a pipeline file and tells everything that is wrong with it.</summary>
    public static PipelineReading TryRead(string path, ComponentCatalog catalog)
    {
        try
        {
            return ReadText(LoadFile(path), path, catalog);
        }
        catch (DataMeshException error)
        {
            return new PipelineReading(null, [new PipelineProblem(ProblemSeverity.Error, error.Message, error.Location, error.Detail, error.Hint)]);
        }
    }

    /// <summary>Reads the text of a pipeline file.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="path">Its file: the name in messages, and its folder is where relative paths start.</param>
    /// <param name="catalog">The components.</param>
    /// <param name="environment">Looks up environment variables; null for the process's own.</param>
    public static PipelineReading ReadText(string text, string path, ComponentCatalog catalog, Func<string, string?>? environment = null)
    {
        var reader = new PipelineReader(path, text, catalog, environment ?? Environment.GetEnvironmentVariable);
        PipelineDefinition? definition = null;
        try
        {
            definition = reader.Build();
        }
        catch (DataMeshException error)
        {
            reader._problems.Error(error);
        }

        return new PipelineReading(reader._problems.HasErrors ? null : definition, reader._problems.All, definition) { Broken = reader._broken };
    }

    private static string LoadFile(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var near = Directory.Exists(folder) ? Nearest.Find(info.Name, Directory.EnumerateFiles(folder).Select(each => Path.GetFileName(each)).Take(1000)) : null;
            throw new DataMeshException($"There is no file '{path}'.", hint: near is null ? "name a pipeline file; 'datamesh init DATAFILE' writes one" : $"did you mean '{near}'?");
        }

        if (info.Length > Limits.PipelineFileBytesMax)
            throw new DataMeshException($"The file is larger than the {Limits.PipelineFileBytesMax >> 20} MB that a pipeline file may have.", new Location(path), hint: "is this a data file?");
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataMeshException($"The file '{path}' can not be read.", detail: error.Message, cause: error);
        }
    }

    private PipelineDefinition? Build()
    {
        if (_text.Contains('\0', StringComparison.Ordinal)) throw new DataMeshException("This is not a text file.", new Location(_file), hint: "a pipeline file is YAML in UTF-8");
        if (SpecParser.Parse(_text, _file) is not SpecMap parsed)
            throw new DataMeshException("A pipeline file is a mapping that begins with 'pipeline: NAME'.", new Location(_file, 1, 1));
        var root = (SpecMap)ReplaceReferences(parsed);
        foreach (var entry in root.Entries)
        {
            if (!Keys.Contains(entry.Key)) _problems.Error($"A pipeline has no '{entry.Key}'.", entry.KeyLocation, hint: Nearest.Hint(entry.Key, Keys));
        }

        return ReadParts(root);
    }

    private SpecNode ReplaceReferences(SpecMap root)
    {
        var defaults = new Dictionary<string, string>();
        if (root.Find("env") is { } env)
        {
            if (env.Value is not SpecMap map) _problems.Error($"'env' is a mapping of variable to default, not {env.Value.What}.", env.Value.Location);
            else foreach (var entry in map.Entries) defaults[entry.Key] = (entry.Value as SpecScalar)?.Text ?? "";
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(_file))!;
        return new References(name => _environment(name) ?? defaults.GetValueOrDefault(name), folder, _problems).Replace(root);
    }

    private PipelineDefinition ReadParts(SpecMap root)
    {
        var nodes = new NodeReader(_catalog, _problems);
        var sources = nodes.ReadSources(root);
        var stages = nodes.ReadStages(root);
        var sinks = nodes.ReadSinks(root);
        RequireEnds(root);
        _broken.UnionWith(sources.Concat(stages).Concat(sinks).Where(draft => draft.IsBroken).Select(draft => draft.Id));
        var wired = new GraphWiring(sources, stages, sinks, _problems).Wire();
        var drift = new DriftPolicy();
        if (root.Find("drift") is { } rules) new OptionsBinder(_catalog, _problems).Fill(drift, rules.Value, "part 'drift'");
        var epoch = new EpochLimits();
        if (root.Find("epoch") is { } limits) new OptionsBinder(_catalog, _problems).Fill(epoch, limits.Value, "part 'epoch'");
        epoch.Check(_problems, root.Find("epoch")?.Value);
        drift.Check(_problems);
        var trigger = root.Find("trigger") is { } when ? TriggerReader.Read(when.Value, _problems) : Trigger.Once;
        var quarantine = ReadQuarantine(root);
        return new PipelineDefinition
        {
            Quarantine = quarantine,
            Name = ReadName(root),
            File = Path.GetFullPath(_file),
            Text = _text,
            Description = ReadText(root, "description"),
            Owner = ReadText(root, "owner"),
            Drift = drift,
            Sources = [.. sources.Select(draft => new SourceNode(draft.Id, draft.Component.Name, (Source)draft.Instance, draft.Location))],
            Stages = wired.Stages,
            Sinks = wired.Sinks,
            Trigger = trigger,
            IsEndless = trigger.Repeats && !wired.Sinks.Any(node => node.Sink.Replaces),
            Epoch = epoch,
            Parallelism = ReadParallelism(root),
            Tests = root.Find("tests") is { } tests ? new TestReader([.. sources.Select(each => each.Id)], [.. sinks.Select(each => each.Id)], _problems).Read(tests) : [],
        };
    }

    private void RequireEnds(SpecMap root)
    {
        var top = new Location(_file, 1, 1);
        if (!Has(root, "source", "sources"))
            _problems.Error("The pipeline has no 'source'.", top, hint: "for example 'source: { type: file, path: data.csv }'");
        if (!Has(root, "dataset", "datasets", "sink", "sinks"))
            _problems.Error("The pipeline has no 'dataset' and no 'sink'.", top, hint: "for example 'dataset: { name: trips, path: lake/trips }'");
    }

    /// <summary>Whether one of the keys is there, or was meant by a mistyped one, which is reported already.</summary>
    private static bool Has(SpecMap root, params string[] keys) =>
        root.Entries.Any(entry => keys.Contains(entry.Key) || (!Keys.Contains(entry.Key) && keys.Contains(Nearest.Find(entry.Key, Keys))));

    private string ReadName(SpecMap root)
    {
        var entry = root.Find("pipeline");
        if (entry?.Value is SpecScalar { IsNull: false } name && NodeReader.IsName(name.Text)) return name.Text;
        if (entry is null && Has(root, "pipeline")) return "";
        if (entry is null) _problems.Error("The pipeline has no name.", new Location(_file, 1, 1), hint: "begin the file with 'pipeline: NAME'");
        else _problems.Error($"The pipeline's name can not be {entry.Value.What}.", entry.Value.Location, hint: "use letters, digits, '_' and '-'");
        return "";
    }

    private int ReadParallelism(SpecMap root)
    {
        if (root.Find("parallelism") is not { } entry) return 1;
        if (entry.Value is SpecScalar scalar && int.TryParse(scalar.Text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var tasks)
            && tasks is >= 1 and <= Limits.ParallelismMax) return tasks;
        _problems.Error($"'parallelism' is a number of tasks from 1 to {Limits.ParallelismMax}, not {entry.Value.What}.", entry.Value.Location, hint: "write for example 4");
        return 1;
    }

    private QuarantinePolicy ReadQuarantine(SpecMap root)
    {
        var quarantine = new QuarantinePolicy();
        if (root.Find("quarantine") is not { } rules) return quarantine;
        new OptionsBinder(_catalog, _problems).Fill(quarantine, rules.Value, "part 'quarantine'");
        if (quarantine is not { StopWhen: { } text, Limit: null }) return quarantine;
        var place = rules.Value is SpecMap map && map.Find("stop_when") is { } entry ? entry.Value.Location : rules.Value.Location;
        _problems.Error($"'{text}' is not a limit of records set aside.", place, hint: "write for example '5% of 10000' or '100 of 10000'");
        return quarantine;
    }

    private string? ReadText(SpecMap root, string key)
    {
        var value = root.Find(key)?.Value;
        if (value is null or SpecScalar) return (value as SpecScalar)?.Text;
        _problems.Error($"'{key}' is a text, not {value.What}.", value.Location);
        return null;
    }
}
