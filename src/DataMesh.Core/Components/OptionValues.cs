using DataMesh.Core.Errors;

namespace DataMesh.Core.Components;

/// <summary>The text of an expression with its place in the pipeline file, for errors.</summary>
public sealed record ExpressionText(string Text, Location? Location = null)
{
    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>A number of bytes, written <c>512</c>, <c>64KB</c>, <c>16MiB</c> or <c>1GB</c> in pipeline files (both unit families are powers of 1024).</summary>
public readonly record struct ByteCount(long Bytes);

/// <summary>A YAML mapping with its order and the place of each key: renames, casts, derived columns.</summary>
public sealed class OrderedMap<T> : List<OrderedMapEntry<T>>
{
    /// <summary>Adds an entry without a place, for code and tests.</summary>
    public void Add(string key, T value) => Add(new OrderedMapEntry<T>(key, value, null));
}

/// <summary>One entry of an <see cref="OrderedMap{T}"/>.</summary>
public sealed record OrderedMapEntry<T>(string Key, T Value, Location? Location);
