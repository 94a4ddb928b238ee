using DataMesh.Core.Errors;

namespace DataMesh.Core.Pipelines.Spec;

/// <summary>A value of a pipeline file with its place: the file as written, before anything is known about components.</summary>
public abstract class SpecNode
{
    private protected SpecNode(Location location, long size)
    {
        Location = location;
        Size = size;
    }

    /// <summary>Where the value begins.</summary>
    public Location Location { get; }

    /// <summary>What it is, for messages: <c>a text</c>, <c>a list</c>, <c>a mapping</c>.</summary>
    public abstract string What { get; }

    /// <summary>Nodes in this tree, aliases counted as often as they are used.</summary>
    internal long Size { get; }
}

/// <summary>A text, number, flag or nothing.</summary>
public sealed class SpecScalar : SpecNode
{
    /// <summary>Makes a scalar.</summary>
    /// <param name="text">The text without quotes.</param>
    /// <param name="isQuoted">Whether it was quoted or a block, so that it is a text whatever it looks like.</param>
    /// <param name="location">Where it begins, with its quote.</param>
    /// <param name="textLocation">Where its first character stands, after the quote or block mark.</param>
    public SpecScalar(string text, bool isQuoted, Location location, Location? textLocation = null)
        : base(location, 1)
    {
        Text = text;
        IsQuoted = isQuoted;
        TextLocation = textLocation ?? location;
    }

    /// <summary>The text without quotes.</summary>
    public string Text { get; }

    /// <summary>Whether it was quoted or a block.</summary>
    public bool IsQuoted { get; }

    /// <summary>Where the first character of the text stands.</summary>
    public Location TextLocation { get; }

    /// <summary>Whether nothing was given: empty, <c>~</c> or <c>null</c>, unquoted.</summary>
    public bool IsNull => !IsQuoted && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc/>
    public override string What => IsNull ? "nothing" : $"'{(Text.Length > 60 ? Text[..57] + "..." : Text)}'";
}

/// <summary>An ordered list.</summary>
public sealed class SpecList(IReadOnlyList<SpecNode> items, Location location)
    : SpecNode(location, 1 + items.Sum(item => item.Size))
{
    /// <summary>The items in order.</summary>
    public IReadOnlyList<SpecNode> Items { get; } = items;

    /// <inheritdoc/>
    public override string What => "a list";
}

/// <summary>One key of a mapping with its value.</summary>
public sealed record SpecEntry(string Key, Location KeyLocation, SpecNode Value);

/// <summary>A mapping whose keys are unique and in file order.</summary>
public sealed class SpecMap(IReadOnlyList<SpecEntry> entries, Location location)
    : SpecNode(location, 1 + entries.Sum(entry => 1 + entry.Value.Size))
{
    /// <summary>The entries in file order.</summary>
    public IReadOnlyList<SpecEntry> Entries { get; } = entries;

    /// <inheritdoc/>
    public override string What => "a mapping";

    /// <summary>The entry under a key, or null.</summary>
    public SpecEntry? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key);

    /// <summary>This mapping without some of its keys.</summary>
    public SpecMap Without(params ReadOnlySpan<string> keys)
    {
        var kept = new List<SpecEntry>(Entries.Count);
        foreach (var entry in Entries)
        {
            if (!keys.Contains(entry.Key)) kept.Add(entry);
        }

        return new SpecMap(kept, Location);
    }
}
