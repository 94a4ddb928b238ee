using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.DataPlane.Graph;

/// <summary>
/// Finds everything that keeps a pipeline from being bound. After a stage that fails, checking goes on with what its options say about its output; where
/// nothing is known, a stage is checked alone.
/// </summary>
public sealed class BindingCheck
{
    private readonly ComponentContext _context;
    private readonly IReadOnlySet<string> _broken;
    private readonly Dictionary<NodeOutput, Schema?> _known = [];
    private readonly HashSet<NodeOutput> _guessed = [];
    private readonly List<DataMeshException> _errors = [];

    private BindingCheck(ComponentContext context, IReadOnlySet<string> broken) => (_context, _broken) = (context, broken);

    /// <summary>All errors, with their places in the pipeline file.</summary>
    /// <param name="definition">The pipeline, or the draft of one whose file has errors.</param>
    /// <param name="sources">What each source delivers; null when that is not known.</param>
    /// <param name="context">Surroundings.</param>
    /// <param name="broken">Ids of stages whose options are known to be wrong: they are not bound.</param>
    public static IReadOnlyList<DataMeshException> Run(
        PipelineDefinition definition, IReadOnlyList<DecodePlan>? sources, ComponentContext context, IReadOnlySet<string>? broken = null)
    {
        var check = new BindingCheck(context, broken ?? new HashSet<string>());
        for (var i = 0; i < definition.Sources.Count; i++) check._known[new NodeOutput(definition.Sources[i].Id)] = sources?[i].Output;
        foreach (var node in definition.Stages) check.Add(node);
        foreach (var node in definition.Sinks) check.Add(node);
        return check._errors;
    }

    /// <summary>An error with the stage's place, where it has none of its own.</summary>
    internal static DataMeshException At(StageNode node, DataMeshException error) => DataMeshException.Of(
        [.. error.All.Select(each => each.Location is not null ? each
            : new DataMeshException($"Stage '{node.Id}' ({node.Type}): {each.Message}", node.Location, each.Detail, each.Hint, each))]);

    private void Add(StageNode node)
    {
        var inputs = node.Inputs.Select(input => _known.GetValueOrDefault(input)).ToList();
        var isKnown = inputs.Count > 0 && inputs.TrueForAll(input => input is not null);
        var isGuess = node.Inputs.Any(_guessed.Contains);
        IReadOnlyList<Schema>? outputs = null;
        try
        {
            if (isKnown && !_broken.Contains(node.Id)) outputs = node.Stage.Bind(inputs!, _context).OutputSchemas;
            else node.Stage.CheckAlone();
        }
        catch (DataMeshException error)
        {
            var placed = At(node, error);
            _errors.Add(isGuess ? WithoutLists(placed) : placed);
        }

        isGuess |= outputs is null;
        if (isKnown) outputs ??= InSpite(node.Stage, inputs[0]!);
        for (var i = 0; i < outputs?.Count; i++)
        {
            _known[new NodeOutput(node.Id, i)] = outputs[i];
            if (isGuess) _guessed.Add(new NodeOutput(node.Id, i));
        }
    }

    private void Add(SinkNode node)
    {
        if (_broken.Contains(node.Id) || _guessed.Contains(node.Input) || _known.GetValueOrDefault(node.Input) is not { } rows) return;
        try
        {
            node.Sink.Check(rows, node.Sink.Replaces, _context);
        }
        catch (DataMeshException error)
        {
            _errors.AddRange(error.All.Select(each => each.Location is not null ? each : new DataMeshException(each.Message, node.Location, each.Detail, each.Hint, each)));
        }
    }

    /// <summary>Behind a guess, columns may be known that are not there: they must not be offered.</summary>
    private static DataMeshException WithoutLists(DataMeshException error) => DataMeshException.Of([.. error.All.Select(each =>
        each.Hint?.StartsWith("valid here", StringComparison.Ordinal) == true ? new DataMeshException(each.Message, each.Location, each.Detail, null, each) : each)]);

    /// <summary>A guess that comes out wrong itself, such as one with a name that stands twice, is none.</summary>
    private static IReadOnlyList<Schema>? InSpite(Stage stage, Schema input)
    {
        try
        {
            return stage.OutputsInSpite(input);
        }
        catch (Exception error) when (error is DataMeshException or ArgumentException)
        {
            return null;
        }
    }
}
