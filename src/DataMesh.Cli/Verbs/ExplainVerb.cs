using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Aggregates;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh explain</c>: what a stage, source, sink, function or aggregate does.</summary>
internal static class ExplainVerb
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "A stage, source, sink, function or aggregate; without it: all of them.", Arity = ArgumentArity.ZeroOrOne };
        var json = CommonOptions.Json();
        var command = new Command("explain", "Explain a stage, source, sink, function or aggregate: what it does, its options, examples.") { name, json };
        command.Act((parsed, _) =>
        {
            var wanted = parsed.GetValue(name);
            var isJson = parsed.GetValue(json);
            if (wanted is null) List(isJson);
            else Explain(wanted, isJson);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static IEnumerable<ComponentDescriptor> Components =>
        new[] { ComponentKind.Source, ComponentKind.Stage, ComponentKind.Sink }.SelectMany(Composition.Catalog.Of);

    private static void List(bool isJson)
    {
        if (isJson)
        {
            JsonPrinter.Print(new { Components = Components.Select(each => new { each.Name, each.Kind, each.Summary }), Functions = FunctionText.Names, Aggregates = AggregateReference.All.Select(each => each.Name) });
            return;
        }

        foreach (var group in Components.GroupBy(each => each.Kind))
        {
            Terminal.Line(Terminal.Bold(group.Key switch { ComponentKind.Source => "Sources", ComponentKind.Stage => "Stages", _ => "Sinks" }));
            foreach (var component in group) Terminal.Line($"  {component.Name,-14}{component.Summary}");
        }

        Terminal.Line(Terminal.Bold("Functions"));
        foreach (var line in TextWrap.Lines(string.Join(", ", FunctionText.Names), Terminal.Width - 2)) Terminal.Line($"  {line}");
        Terminal.Line(Terminal.Bold("Aggregates"));
        foreach (var line in TextWrap.Lines(string.Join(", ", AggregateReference.All.Select(each => each.Name)), Terminal.Width - 2)) Terminal.Line($"  {line}");
    }

    private static void Explain(string name, bool isJson)
    {
        var found = Components.Where(each => each.Name == name).ToList();
        var function = FunctionText.Find(name);
        var aggregate = AggregateReference.Find(name);
        if (found.Count == 0 && function is null && aggregate is null)
        {
            throw new DataMeshException(
                $"There is no stage, source, sink, function or aggregate '{name}'.",
                hint: Nearest.Hint(name, [.. Components.Select(each => each.Name), .. FunctionText.Names, .. AggregateReference.All.Select(each => each.Name)]));
        }

        if (isJson)
        {
            JsonPrinter.Print(new { Components = found.Select(Describe), Function = function is null ? null : new { function.Name, function.Category, function.Summary, function.Signatures, function.Examples, function.Aliases }, Aggregate = aggregate });
            return;
        }

        foreach (var component in found) ComponentText.Print(component);
        if (function is not null) FunctionText.Print(function);
        if (aggregate is not null) FunctionText.Print(aggregate);
    }

    private static object Describe(ComponentDescriptor component) => new
    {
        component.Name,
        component.Kind,
        component.Summary,
        component.Details,
        Options = component.Options.All.Select(option => new
        {
            option.Name,
            Takes = option.Shape.Describe(),
            option.Required,
            Shorthand = option.IsShorthand,
            Default = OptionDefaults.TextOf(option, component.Create()),
            option.Summary,
        }),
        Examples = component.Examples.Select(example => new { example.Title, example.Options, example.Input, example.Output, example.Quarantined }),
    };
}
