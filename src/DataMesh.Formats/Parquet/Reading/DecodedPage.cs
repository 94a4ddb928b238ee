using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>
/// A data page: levels, and its values without nulls as a column. <see cref="Definitions"/> is empty when nothing can be null,
/// <see cref="Repetitions"/> when nothing can repeat.
/// </summary>
internal sealed class DecodedPage(int count, PooledBuffer? definitions, PooledBuffer? repetitions, Column values) : IDisposable
{
    /// <summary>Levels in the page: rows, for a flat column.</summary>
    public int Count { get; } = count;

    public ReadOnlySpan<byte> Definitions => definitions is null ? default : definitions.Span;

    public ReadOnlySpan<byte> Repetitions => repetitions is null ? default : repetitions.Span;

    public Column Values { get; } = values;

    public void Dispose()
    {
        definitions?.Dispose();
        repetitions?.Dispose();
        Values.Dispose();
    }
}
