using DataMesh.Core.Components;

namespace DataMesh.Cli.Output;

/// <summary>Prints what a component's declaration says.</summary>
internal static class ComponentText
{
    /// <summary>Prints one component.</summary>
    public static void Print(ComponentDescriptor component)
    {
        Terminal.Line($"{Terminal.Bold(component.Name)} ({component.Kind.ToString().ToLowerInvariant()})");
        Wrapped(component.Summary, "  ");
        if (component.Details is { } details)
        {
            Terminal.Line();
            Wrapped(details.Trim(), "  ");
        }

        if (component.Options.All.Count > 0)
        {
            Terminal.Line();
            Terminal.Line(Terminal.Bold("Options"));
            PrintOptions(component.Options, component.Create(), "  ");
        }

        foreach (var example in component.Examples) PrintExample(example);
    }

    private static void PrintOptions(OptionSet options, object instance, string indent)
    {
        foreach (var option in options.All)
        {
            var notes = option.Required ? ", required" : OptionDefaults.TextOf(option, instance) is { } text ? $", default {text}" : "";
            Terminal.Line($"{indent}{Terminal.Bold(option.Name)}  {Terminal.Dim($"{option.Shape.Describe()}{notes}{(option.IsShorthand ? "; may be given alone" : "")}")}");
            Wrapped(option.Summary, indent + "    ");
            if (NestedOf(option.Shape) is { } nested) PrintOptions(nested.Options, Activator.CreateInstance(nested.Type)!, indent + "    ");
        }
    }

    private static OptionShape? NestedOf(OptionShape shape) => shape.Kind switch
    {
        OptionKind.Options => shape,
        OptionKind.List or OptionKind.Map => NestedOf(shape.Element!),
        _ => null,
    };

    private static void PrintExample(ExampleAttribute example)
    {
        Terminal.Line();
        Terminal.Line(Terminal.Bold($"Example: {example.Title}"));
        Block(example.Options);
        Terminal.Line(Terminal.Dim("  input"));
        Block(example.Input);
        Terminal.Line(Terminal.Dim("  output"));
        Block(example.Output);
        if (example.Quarantined.Length > 0) Terminal.Line($"  sets aside: {string.Join(", ", example.Quarantined)}");
    }

    private static void Block(string text)
    {
        foreach (var line in text.Trim().ReplaceLineEndings("\n").Split('\n')) Terminal.Line($"    {line}");
    }

    private static void Wrapped(string text, string indent)
    {
        foreach (var line in TextWrap.Lines(text, Terminal.Width - indent.Length)) Terminal.Line(indent + line);
    }
}
