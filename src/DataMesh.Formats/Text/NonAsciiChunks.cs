using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace DataMesh.Formats.Text;

/// <summary>
/// Remembers which pieces of 64 bytes hold bytes over 127, so that only these need to be looked at to tell whether a text is UTF-8.
/// Pieces are noted in ascending order, at multiples of 64 from each other.
/// </summary>
internal sealed class NonAsciiChunks
{
    private const int ChunkBytes = 64;
    private int[] _starts = new int[64];
    private int _count;

    /// <summary>Forgets all.</summary>
    public void Clear() => _count = 0;

    /// <summary>Room for so many more, to be written by the caller: a reference to the next place.</summary>
    public ref int Reserve(int more)
    {
        if (_starts.Length < _count + more) Array.Resize(ref _starts, (_count + more) * 2);
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_starts), _count);
    }

    /// <summary>How many were written to the place that <see cref="Reserve"/> gave.</summary>
    public void Added(int count) => _count += count;

    /// <summary>Forgets what ends before <paramref name="position"/>.</summary>
    public void DropBefore(int position)
    {
        var kept = 0;
        while (kept < _count && _starts[_count - kept - 1] + ChunkBytes > position) kept++;
        _starts.AsSpan(_count - kept, kept).CopyTo(_starts);
        _count = kept;
    }

    /// <summary>
    /// Whether the text between two record boundaries is UTF-8. Neighbouring pieces are checked as one; a character that leaves such a run
    /// would go on in a piece with bytes over 127, so it is broken.
    /// </summary>
    public bool IsUtf8(byte[] text, int from, int to)
    {
        for (var i = 0; i < _count;)
        {
            var start = _starts[i];
            var end = start + ChunkBytes;
            for (i++; i < _count && _starts[i] == end; i++) end += ChunkBytes;
            (start, end) = (Math.Max(start, from), Math.Min(end, to));
            if (start < end && !Utf8.IsValid(text.AsSpan(start, end - start))) return false;
        }

        return true;
    }
}
