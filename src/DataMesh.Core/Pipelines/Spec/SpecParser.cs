using DataMesh.Core.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DataMesh.Core.Pipelines.Spec;

/// <summary>
/// Reads YAML into a <see cref="SpecNode"/> tree with the place of every value. Bounded: file size, depth, and number of nodes with
/// aliases counted as often as they are used, so that a small file can not unfold into a huge one.
/// </summary>
public sealed class SpecParser
{
    private readonly string _file;
    private readonly string[] _lines;
    private readonly IParser _events;
    private readonly Dictionary<string, SpecNode> _anchors = [];
    private long _aliased;
    private int _depth;

    private SpecParser(string text, string file)
    {
        _file = file;
        _lines = text.Split('\n');
        _events = new Parser(new StringReader(text));
    }

    /// <summary>Parses a text. Throws <see cref="DataMeshException"/> with the place when it is not one YAML document.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">Name for locations.</param>
    public static SpecNode Parse(string text, string file)
    {
        var parser = new SpecParser(text, file);
        try
        {
            return parser.ReadDocument();
        }
        catch (YamlException error)
        {
            throw parser.Explain(error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The YAML library answers some broken files with exceptions of its own bookkeeping.
            var at = parser.At(parser._events.Current?.End ?? Mark.Empty);
            if (parser.TabNear(at) is { } tab) throw TabError(tab, error);
            throw new DataMeshException("This is not valid YAML.", at, "The text after this place can not be read.", "check that every '{', '[' and quote is closed", error);
        }
    }

    private SpecNode ReadDocument()
    {
        _events.Consume<StreamStart>();
        if (_events.Accept<StreamEnd>(out _)) throw new DataMeshException("The file is empty.", new Location(_file, 1, 1));
        _events.Consume<DocumentStart>();
        var root = ReadNode();
        _events.Consume<DocumentEnd>();
        if (_events.Accept<DocumentStart>(out var second))
            throw new DataMeshException("The file holds a second YAML document.", At(second.Start), hint: "keep one pipeline per file; remove the line '---'");
        return root;
    }

    private SpecNode ReadNode()
    {
        if (++_depth > Limits.NestingDepthMax)
            throw new DataMeshException($"Values are nested deeper than {Limits.NestingDepthMax} levels.", At(_events.Current!.Start));
        var node = ReadAny();
        _depth--;
        return node;
    }

    private SpecNode ReadAny()
    {
        if (_events.TryConsume<AnchorAlias>(out var alias)) return ReadAlias(alias);
        if (_events.TryConsume<Scalar>(out var scalar)) return Anchor(scalar, ReadScalar(scalar));
        if (_events.TryConsume<SequenceStart>(out var sequence)) return Anchor(sequence, ReadList(sequence));
        if (_events.TryConsume<MappingStart>(out var mapping)) return Anchor(mapping, ReadMap(mapping));
        throw new DataMeshException("A value was expected here.", At(_events.Current?.Start ?? Mark.Empty));
    }

    private SpecNode ReadAlias(AnchorAlias alias)
    {
        var name = alias.Value.Value;
        if (!_anchors.TryGetValue(name, out var node))
            throw new DataMeshException($"There is no anchor '&{name}' before this alias.", At(alias.Start), hint: _anchors.Count == 0 ? "quote a value that begins with '*'" : Nearest.Hint(name, _anchors.Keys));
        _aliased += node.Size;
        if (_aliased > Limits.PipelineNodesMax)
            throw new DataMeshException($"Aliases unfold this file to more than {Limits.PipelineNodesMax} values.", At(alias.Start));
        return node;
    }

    private SpecNode Anchor(NodeEvent start, SpecNode node)
    {
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor.Value] = node;
        return node;
    }

    private SpecScalar ReadScalar(Scalar scalar)
    {
        var at = At(scalar.Start);
        return scalar.Style switch
        {
            ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted => new SpecScalar(scalar.Value, true, at, at with { Column = at.Column + 1 }),
            ScalarStyle.Literal or ScalarStyle.Folded => new SpecScalar(scalar.Value.TrimEnd('\n'), true, at, FirstLineOfBlock(at)),
            _ => new SpecScalar(scalar.Value, false, at),
        };
    }

    private Location FirstLineOfBlock(Location mark)
    {
        for (var line = mark.Line; line < _lines.Length; line++)
        {
            var indent = _lines[line].Length - _lines[line].TrimStart().Length;
            if (_lines[line].Trim().Length > 0) return mark with { Line = line + 1, Column = indent + 1 };
        }

        return mark;
    }

    private SpecList ReadList(SequenceStart start)
    {
        var items = new List<SpecNode>();
        while (!_events.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode());
        return new SpecList(items, At(start.Start));
    }

    private SpecMap ReadMap(MappingStart start)
    {
        var entries = new List<SpecEntry>();
        var places = new Dictionary<string, Location>();
        SpecMap? merged = null;
        while (!_events.TryConsume<MappingEnd>(out _))
        {
            var (key, at) = ReadKey();
            if (places.TryGetValue(key, out var first))
                throw new DataMeshException($"The key '{key}' stands twice in this mapping.", at, $"first at line {first.Line}");
            places.Add(key, at);
            var value = ReadNode();
            if (key == "<<" && value is SpecMap defaults) merged = defaults;
            else entries.Add(new SpecEntry(key, at, value));
        }

        if (merged is not null) entries.AddRange(merged.Entries.Where(entry => !places.ContainsKey(entry.Key)));
        return new SpecMap(entries, At(start.Start));
    }

    private (string Key, Location At) ReadKey()
    {
        if (_events.TryConsume<Scalar>(out var scalar)) return (scalar.Value, At(scalar.Start));
        throw new DataMeshException("A key must be a plain text.", At(_events.Current?.Start ?? Mark.Empty), hint: "quote a key that begins with [, { or *");
    }

    private Location At(Mark mark) => new(_file, (int)mark.Line, (int)mark.Column);

    private DataMeshException Explain(YamlException error)
    {
        var at = At(error.Start);
        if ((TabNear(At(error.End)) ?? TabNear(at) ?? TabMeant(error)) is { } tab) return TabError(tab, error);
        var line = at.Line >= 1 && at.Line <= _lines.Length ? _lines[at.Line - 1].TrimEnd('\r') : "";
        var message = error.Message[(error.Message.LastIndexOf("): ", StringComparison.Ordinal) is var cut and >= 0 ? cut + 3 : 0)..];
        return new DataMeshException("This is not valid YAML.", at, message.TrimEnd('.') + ".", HintFor(line), error);
    }

    private static DataMeshException TabError(Location tab, Exception error) =>
        new("A tab indents this line.", tab, hint: "YAML is indented with spaces only", cause: error);

    /// <summary>The first tab in an indentation around the given line: the parser notices some tabs late, others early.</summary>
    private Location? TabNear(Location at) => TabIn(at.Line - 1, at.Line + 2);

    /// <summary>The parser says that it met a tab, but tells where the mapping around it begins.</summary>
    private Location? TabMeant(YamlException error) =>
        error.Message.Contains("tab", StringComparison.Ordinal) ? TabIn((int)error.Start.Line, _lines.Length) : null;

    private Location? TabIn(int first, int last)
    {
        for (var line = Math.Max(first, 1); line <= Math.Min(last, _lines.Length); line++)
        {
            var text = _lines[line - 1].TrimEnd();
            var tab = text.IndexOf('\t', StringComparison.Ordinal);
            if (tab >= 0 && IsIndent(text.AsSpan(0, tab))) return new Location(_file, line, tab + 1);
        }

        return null;
    }

    /// <summary>Spaces, and the marks of list items.</summary>
    private static bool IsIndent(ReadOnlySpan<char> text) => text.TrimStart(" -").IsEmpty;

    private static string? HintFor(string line)
    {
        var value = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart();
        if (value.Contains(": ", StringComparison.Ordinal)) return "quote a value that contains ': '";
        if (value.Length > 0 && "%@`&*!|>{[".Contains(value[0], StringComparison.Ordinal)) return $"quote a value that begins with '{value[0]}'";
        return value.Contains('"', StringComparison.Ordinal) || value.Contains('\'', StringComparison.Ordinal)
            ? "check the quotes on this line"
            : "check the indentation and that every key is followed by ': '";
    }
}
