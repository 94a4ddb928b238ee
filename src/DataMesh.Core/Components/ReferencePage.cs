using System.Text;

namespace DataMesh.Core.Components;

/// <summary>Writes the reference pages from the components' declarations, in Markdown.</summary>
public static class ReferencePage
{
    /// <summary>The page of all components of one kind.</summary>
    public static string Write(ComponentCatalog catalog, ComponentKind kind, string title, string introduction)
    {
        var page = new StringBuilder();
        page.Append("# ").Append(title).Append("\n\n");
        page.Append("<!-- Made from the components' declarations; the tests rewrite it with DATAMESH_REWRITE=1. -->\n\n");
        page.Append(introduction).Append("\n\n");
        var components = catalog.Of(kind);
        foreach (var component in components) page.Append($"- [`{component.Name}`](#{component.Name}): {component.Summary}\n");
        foreach (var component in components) Append(page, component, "##");
        return page.ToString();
    }

    /// <summary>One component.</summary>
    public static string Write(ComponentDescriptor component)
    {
        var page = new StringBuilder();
        Append(page, component, "#");
        return page.ToString().TrimStart('\n');
    }

    private static void Append(StringBuilder page, ComponentDescriptor component, string heading)
    {
        page.Append($"\n{heading} {component.Name}\n\n{component.Summary}\n");
        if (component.Details is { } details) page.Append($"\n{details.Trim().ReplaceLineEndings("\n")}\n");
        AppendOptions(page, component);
        foreach (var example in component.Examples) AppendExample(page, example);
    }

    private static void AppendOptions(StringBuilder page, ComponentDescriptor component)
    {
        if (component.Options.All.Count == 0) return;
        page.Append("\n| option | takes | default | |\n|---|---|---|---|\n");
        AppendRows(page, component.Options, component.Create(), "");
    }

    private static void AppendRows(StringBuilder page, OptionSet options, object instance, string prefix)
    {
        foreach (var option in options.All)
        {
            var name = $"{prefix}{option.Name}";
            var fallback = option.Required ? "required" : OptionDefaults.TextOf(option, instance) is { } text ? $"`{Escape(text)}`" : "";
            var shorthand = option.IsShorthand && prefix.Length == 0 ? " May be given alone, without its name." : "";
            page.Append($"| `{name}` | {Escape(Takes(option.Shape))} | {fallback} | {Escape(option.Summary)}{shorthand} |\n");
            var (nested, path) = Nested(option.Shape, name);
            if (nested is not null) AppendRows(page, nested.Options, Activator.CreateInstance(nested.Type)!, path);
        }
    }

    private static (OptionShape? Shape, string Path) Nested(OptionShape shape, string name) => shape.Kind switch
    {
        OptionKind.Options => (shape, $"{name}."),
        OptionKind.List => Nested(shape.Element!, $"{name}[]"),
        OptionKind.Map => Nested(shape.Element!, $"{name}.*"),
        _ => (null, ""),
    };

    private static string Takes(OptionShape shape) => shape.Kind switch
    {
        OptionKind.List => $"list: {Takes(shape.Element!)}",
        OptionKind.Map => $"mapping of name to {Takes(shape.Element!)}",
        OptionKind.Options when shape.Options.Shorthand is { } shorthand => $"{Takes(shorthand.Shape)}, or options",
        OptionKind.Options => "options",
        OptionKind.Word => string.Join(", ", shape.Words.Select(word => $"`{word}`")),
        OptionKind.Source => "[source](sources.md)",
        OptionKind.Expression => "[expression](expressions.md)",
        _ => shape.Describe(),
    };

    private static void AppendExample(StringBuilder page, ExampleAttribute example)
    {
        page.Append($"\n**{example.Title}**\n\n```yaml\n{Text(example.Options)}\n```\n");
        page.Append($"\n```json lines\n{Text(example.Input)}\n```\n\ngives\n\n```json lines\n{Text(example.Output)}\n```\n");
        if (example.Quarantined.Length > 0) page.Append($"\nand sets aside: {string.Join(", ", example.Quarantined.Select(reason => $"`{reason}`"))}.\n");
    }

    private static string Text(string text) => text.Trim().ReplaceLineEndings("\n") is { Length: > 0 } rows ? rows : "(no rows)";

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
