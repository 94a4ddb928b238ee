using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Graph;
using DataMesh.Runtime.Groups;
using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh plan</c>: what a run would do.</summary>
internal static class PlanVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var graph = new Option<bool>("--graph") { Description = "Print the graph as Mermaid." };
        var json = CommonOptions.Json();
        var command = new Command("plan", "Show what a run would do: the sources found, the schema after each stage, how stages run, and the targets. Writes nothing.") { file, graph, json };
        command.Act(async (parsed, cancellation) =>
        {
            var definition = PipelineLoading.Load(parsed.GetValue(file)!);
            if (parsed.GetValue(graph))
            {
                MermaidGraph.Print(definition);
                return ExitCodes.Done;
            }

            var plan = await PlanAsync(definition, cancellation);
            if (parsed.GetValue(json)) PrintJson(plan);
            else Print(plan);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<Plan> PlanAsync(PipelineDefinition definition, CancellationToken cancellation)
    {
        var context = Composition.ContextOf(definition);
        var preview = await RunPreview.FindAsync(definition, cancellation);
        var descriptions = new List<SourceDescription>();
        foreach (var node in definition.Sources)
        {
            descriptions.Add(await node.Source.DescribeAsync(context, cancellation));
            if (preview is not null) descriptions[^1] = descriptions[^1] with { Schema = preview.Plans[descriptions.Count - 1].Schema };
            else if (descriptions[^1].IsEmpty) throw new DataMeshException($"The source '{node.Id}' is empty, so that its columns are not known.");
        }

        foreach (var stage in definition.Stages) await stage.Stage.PrepareAsync(context, cancellation);
        var plans = preview?.Plans ?? [.. descriptions.Select(each => new DecodePlan(each.Schema, Widening: true))];
        var graph = GraphBinder.Bind(preview?.Whole ?? definition, plans, context);
        var targets = new List<TargetPlan>();
        foreach (var node in definition.Sinks)
        {
            var state = await node.Sink.ReadStateAsync("", context, cancellation);
            targets.Add(new TargetPlan(node.Id, node.Type, node.Sink.TargetPath(context), node.Sink.Guarantee, state.Version, graph.Sinks.First(sink => sink.Id == node.Id).Schema, state.HoldsOtherRows));
        }

        return new Plan(definition, descriptions, graph, targets);
    }

    private static void Print(Plan plan)
    {
        for (var i = 0; i < plan.Sources.Count; i++) PrintSource(plan, i);
        PrintTasks(plan.Definition);
        foreach (var (node, bound) in plan.Definition.Stages.Zip(plan.Graph.Stages)) PrintStage(node, bound);
        foreach (var target in plan.Targets)
        {
            Terminal.Line($"{Terminal.Bold(target.Id)} ({target.Type}) {Terminal.Dim(GuaranteeText(target.Guarantee))}");
            Terminal.Line($"  {target.Path}: {(target.HoldsOtherRows ? "is there, and no run has written to it" : target.Version < 0 ? "will be created" : $"now at version {target.Version}")}");
            var sink = plan.Definition.Sinks.First(node => node.Id == target.Id).Sink;
            if (target.Version < 0 && !sink.Replaces && (target.HoldsOtherRows || !sink.CanStartOver))
                Terminal.Line("  the first run commits once, at the end of its input, whatever 'epoch' says");
            if (sink.Upsert is { } upsert)
                Terminal.Line($"  the last row of each ({string.Join(", ", upsert.Key)}) replaces the one that is there{(upsert.DeleteWhen is { } when ? $", or deletes it when {when.Text}" : "")}");
            PrintSchema(target.Schema);
        }
    }

    private static void PrintTasks(PipelineDefinition definition)
    {
        if (definition.Parallelism <= 1) return;
        var (tasks, giveRows) = TaskCount.Of(definition);
        Terminal.Line($"{tasks} tasks read side by side, each the splits that it is given{(giveRows ? ", and give each other the rows of their keys" : "")}");
    }

    private static void PrintSource(Plan plan, int at)
    {
        var source = plan.Sources[at];
        var node = plan.Definition.Sources[at];
        var decoded = plan.Graph.Sources[at].Plan.Output.Count;
        Terminal.Line($"{Terminal.Bold(node.Id)} ({node.Type}) {(source.Bytes >= 0 ? Units.Bytes(source.Bytes) : "")}");
        if (source.Facts.Count > 0) Terminal.Line($"  {string.Join(", ", source.Facts.Select(fact => $"{fact.Key}: {fact.Value}"))}");
        if (decoded < source.Schema.Count) Terminal.Line($"  decodes {decoded} of {source.Schema.Count} columns, the others are not needed");
        PrintSchema(source.Schema);
    }

    private static void PrintStage(StageNode node, BoundNode bound)
    {
        Terminal.Line($"{Terminal.Bold(node.Id)}{(node.Id == node.Type ? "" : $" ({node.Type})")} {Terminal.Dim(RegionText(bound.Region))}");
        for (var i = 0; i < bound.Bound.OutputSchemas.Count; i++)
        {
            if (node.Stage.Outputs.Count > 1) Terminal.Line($"  {node.Stage.Outputs[i]}:");
            PrintSchema(bound.Bound.OutputSchemas[i]);
        }
    }

    private static void PrintSchema(Schema schema)
    {
        var line = "  ";
        foreach (var text in schema.Select((field, i) => field + (i == schema.Count - 1 ? "" : ",")))
        {
            if (line.Length > 2 && line.Length + text.Length + 1 > Terminal.Width)
            {
                Terminal.Line(line.TrimEnd());
                line = "  ";
            }

            line += text + " ";
        }

        Terminal.Line(line.TrimEnd());
    }

    private static string RegionText(Region region) => region switch
    {
        Region.Parallel => "on every core",
        Region.Absorbing => "absorbs on every core, merged at the end",
        _ => "in source order, on one core",
    };

    private static string GuaranteeText(DeliveryGuarantee guarantee) => guarantee == DeliveryGuarantee.ExactlyOnce ? "exactly once" : "at least once";

    private static void PrintJson(Plan plan) => JsonPrinter.Print(new
    {
        Pipeline = plan.Definition.Name,
        TaskCount.Of(plan.Definition).Tasks,
        Sources = plan.Sources.Select((source, i) => new
        {
            plan.Definition.Sources[i].Id,
            plan.Definition.Sources[i].Type,
            source.Bytes,
            source.Facts,
            Columns = Columns(source.Schema),
            Decoded = plan.Graph.Sources[i].Plan.Output.Names,
        }),
        Stages = plan.Definition.Stages.Zip(plan.Graph.Stages, (node, bound) => new
        {
            node.Id,
            node.Type,
            Runs = bound.Region,
            Inputs = node.Inputs.Select(input => input.Node),
            Outputs = node.Stage.Outputs.Select((name, i) => new { Name = name, Columns = Columns(bound.Bound.OutputSchemas[i]) }),
        }),
        Targets = plan.Targets.Select(target => new { target.Id, target.Type, target.Path, target.Guarantee, target.Version, Columns = Columns(target.Schema) }),
    });

    private static IEnumerable<object> Columns(Schema schema) => schema.Select(field => new { field.Name, Type = field.Type.ToString() });

    private sealed record Plan(PipelineDefinition Definition, IReadOnlyList<SourceDescription> Sources, BoundGraph Graph, IReadOnlyList<TargetPlan> Targets);

    private sealed record TargetPlan(string Id, string Type, string Path, DeliveryGuarantee Guarantee, long Version, Schema Schema, bool HoldsOtherRows);
}
