using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.TextRows;

/// <summary>
/// Writes batches as lines of text: the values of a piece of each column first, type by type, then the pieces woven into rows.
/// Not thread-safe; keeps its buffers.
/// </summary>
public sealed class RowTextEncoder(RowStyle style, Schema schema) : IDisposable
{
    /// <summary>Rows woven at once: their texts stay in the cache.</summary>
    private const int PieceRows = 512;

    private readonly byte[][] _prefixes = style.Prefixes(schema);
    private readonly ColumnText[] _texts = [.. schema.Select(_ => new ColumnText())];

    /// <summary>Appends the rows of a batch of the encoder's schema to a buffer.</summary>
    public void Encode(RecordBatch batch, PooledBuffer target)
    {
        for (var from = 0; from < batch.Length; from += PieceRows)
        {
            var to = Math.Min(from + PieceRows, batch.Length);
            for (var i = 0; i < _texts.Length; i++)
            {
                _texts[i].Clear();
                ValueWriter.Write(batch[i], from, to, style, _texts[i]);
            }

            Weave(to - from, target);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var text in _texts) text.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weave(int rows, PooledBuffer target)
    {
        var bytes = (long)rows * (_prefixes.Sum(each => each.Length) + style.RowEnd.Length);
        foreach (var text in _texts) bytes += text.Length;
        var at = target.Length;
        target.SetLength(checked((int)(at + bytes + ColumnText.Slack)));
        ref var start = ref MemoryMarshal.GetArrayDataReference(target.Array);
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < _texts.Length; i++)
            {
                at += Copy(ref Unsafe.Add(ref start, at), _prefixes[i]);
                var ends = _texts[i].Ends;
                var from = row == 0 ? 0 : ends[row - 1];
                at += Copy(ref Unsafe.Add(ref start, at), ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_texts[i].Array), from), ends[row] - from);
            }

            at += Copy(ref Unsafe.Add(ref start, at), style.RowEnd);
        }

        target.SetLength(at);
    }

    private static int Copy(ref byte target, byte[] source)
    {
        if (source.Length == 1) target = source[0];
        else source.AsSpan().CopyTo(MemoryMarshal.CreateSpan(ref target, source.Length));
        return source.Length;
    }

    /// <summary>Both sides have <see cref="ColumnText.Slack"/> bytes behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Copy(ref byte target, ref byte source, int length)
    {
        if (length <= Vector256<byte>.Count) Vector256.LoadUnsafe(ref source).StoreUnsafe(ref target);
        else Unsafe.CopyBlockUnaligned(ref target, ref source, (uint)length);
        return length;
    }
}
