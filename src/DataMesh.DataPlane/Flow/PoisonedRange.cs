using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Text;

namespace DataMesh.DataPlane.Flow;

/// <summary>Where a record stands that ends every process that reads it: it is a block of its own, and nobody looks inside.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Deaths">Processes that ended until it was found.</param>
public sealed record PoisonedRange(long From, long To, int Deaths)
{
    /// <summary>Sets the block of the record aside, as it stands in its file.</summary>
    internal void SetAside(SourceBlock block, DecodeOutput output) => output.Bad(
        RecordOf(block), From, QuarantineReasons.Poisoned,
        string.Create(CultureInfo.InvariantCulture, $"{Deaths} processes ended before it was found; each one that read this record, at {From} to {To}, ended"));

    /// <summary>The bytes of the record; none where it can not be had without decoding it.</summary>
    private static ReadOnlySpan<byte> RecordOf(SourceBlock block) =>
        block is not TextBlock text ? [] : text.RecordStarts.IsEmpty ? TextBlock.TrimLineEnd(text.Text) : text.RecordBytes(0);
}
