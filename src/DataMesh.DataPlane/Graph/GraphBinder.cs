using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.DataPlane.Graph;

/// <summary>
/// Binds a pipeline to its sources' schemas: once with everything, then once more with only the source columns that some stage or sink needs.
/// </summary>
public static class GraphBinder
{
    /// <summary>Binds. Throws <see cref="DataMeshException"/> with the place in the pipeline file when a stage does not fit what it meets.</summary>
    /// <param name="definition">The pipeline.</param>
    /// <param name="sources">Per source the predicted or pinned schema, and whether it may still widen.</param>
    /// <param name="context">Surroundings.</param>
    public static BoundGraph Bind(PipelineDefinition definition, IReadOnlyList<DecodePlan> sources, ComponentContext context)
    {
        context = context.For(definition.IsEndless);
        var wiring = new Wiring(definition);
        var full = BindStages(definition, wiring, sources, context);
        var needed = Projection.Needed(definition, wiring, full);
        var plans = sources.Select((plan, i) => Projection.Narrow(plan, needed[i])).ToList();
        var bound = plans.All(plan => plan.Columns is null) ? full : BindStages(definition, wiring, plans, context.ToPruned());
        for (var i = 0; i < plans.Count; i++)
        {
            if (definition.Sources[i].EntersAt is not { } entered) continue;
            var stage = definition.Stages.First(node => node.Id == entered);
            plans[i] = new DecodePlan(wiring.SchemaOf(stage.Inputs[0], plans, bound), Widening: false);
        }

        var graph = Assemble(definition, wiring, plans, bound);
        CheckEndless(definition, graph);
        return graph;
    }

    /// <summary>A stage that needs the whole input would begin anew with every look of a pipeline that runs again and again, and its rows pile up.</summary>
    private static void CheckEndless(PipelineDefinition definition, BoundGraph graph)
    {
        if (!definition.IsEndless) return;
        if (graph.Stages.FirstOrDefault(node => node.Keeps == Keeping.WholeInput) is not { } stage) return;
        var node = definition.Stages.First(each => each.Id == stage.Id);
        throw new DataMeshException(
            $"Stage '{node.Id}' ({node.Type}) needs the whole input, which a pipeline with the trigger '{Naming.SnakeCase(definition.Trigger.Kind.ToString())}' never has.", node.Location,
            hint: node.Type switch
            {
                "aggregate" => "give it a window, as in window: { on: time, tumbling: 1h }, or let the dataset have mode: overwrite",
                "deduplicate" => "keep: first goes on from run to run; a dataset with mode: upsert holds the last row of every key",
                _ => "let the dataset have mode: overwrite, so that every run computes it anew, or the trigger be once",
            });
    }

    private static List<BoundStage> BindStages(
        PipelineDefinition definition, Wiring wiring, IReadOnlyList<DecodePlan> sources, ComponentContext context)
    {
        var bound = new List<BoundStage>(definition.Stages.Count);
        foreach (var node in definition.Stages)
        {
            var inputs = node.Inputs.Select(input => wiring.SchemaOf(input, sources, bound)).ToList();
            try
            {
                bound.Add(node.Stage.Bind(inputs, context));
            }
            catch (DataMeshException error)
            {
                throw BindingCheck.Run(definition, sources, context) is { Count: > 0 } all ? DataMeshException.Of(all) : BindingCheck.At(node, error);
            }
        }

        return bound;
    }

    private static BoundGraph Assemble(PipelineDefinition definition, Wiring wiring, List<DecodePlan> plans, List<BoundStage> bound)
    {
        var sources = definition.Sources.Select((node, i) => new BoundSource(
            i, node.Id, node.Source, plans[i], wiring.ConsumersOf(new NodeOutput(node.Id)))).ToList();
        var stages = new List<BoundNode>(bound.Count);
        var regions = new Dictionary<string, Region>();
        for (var i = 0; i < bound.Count; i++)
        {
            var node = definition.Stages[i];
            var region = RegionOf(node, regions);
            regions.Add(node.Id, region);
            var consumers = node.Stage.Outputs.Select((_, output) => wiring.ConsumersOf(new NodeOutput(node.Id, output))).ToArray();
            stages.Add(new BoundNode(sources.Count + i, node.Id, node.Stage, bound[i], region, node.Inputs.Count, consumers)
            {
                IsOneRecord = node.Inputs.Count == 1 && wiring.ConsumersOf(node.Inputs[0]).Count == 1 && MeansOneRecord(node.Inputs[0].Node, sources, stages),
            });
        }

        var sinks = definition.Sinks.Select((node, i) => new BoundSink(
            sources.Count + stages.Count + i, node.Id, node.Sink, wiring.SchemaOf(node.Input, plans, bound))).ToList();
        return new BoundGraph(sources, stages, sinks, wiring.Names);
    }

    /// <summary>Whether each row that leaves a node is one source record that went no other way.</summary>
    private static bool MeansOneRecord(string id, List<BoundSource> sources, List<BoundNode> stages)
    {
        if (sources.Exists(source => source.Id == id)) return true;
        var node = stages.Find(stage => stage.Id == id)!;
        return node.IsOneRecord && node.Stage.KeepsRecords && node.Consumers.Length == 1;
    }

    /// <summary>A node runs on every core as long as everything before it does and it needs no order.</summary>
    private static Region RegionOf(StageNode node, Dictionary<string, Region> regions)
    {
        var inputsAreParallel = node.Inputs.All(input => !regions.TryGetValue(input.Node, out var region) || region == Region.Parallel);
        if (!inputsAreParallel) return Region.Ordered;
        return node.Stage.Order switch
        {
            StageOrder.Parallel => Region.Parallel,
            StageOrder.Merging => Region.Absorbing,
            _ => Region.Ordered,
        };
    }
}
