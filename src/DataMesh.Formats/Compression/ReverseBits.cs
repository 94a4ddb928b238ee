using System.Numerics;
using System.Runtime.CompilerServices;

namespace DataMesh.Formats.Compression;

/// <summary>
/// Reads a Zstandard bit stream, which runs from its last byte to its first. Reading past the start gives meaningless bits, touches no memory outside
/// and is seen afterwards by <see cref="HasOverrun"/> and <see cref="IsComplete"/>.
/// </summary>
internal unsafe struct ReverseBits
{
    private byte* _start;
    private byte* _at;
    private ulong _bits;
    private int _consumed;

    /// <summary>More bits were asked for than there are.</summary>
    public readonly bool HasOverrun => _consumed > 64;

    /// <summary>Every bit was read, and not one more.</summary>
    public readonly bool IsComplete => _at == _start && _consumed == 64;

    /// <summary>Goes on where a faster loop stopped: at least 8 bytes can be read at <paramref name="at"/>.</summary>
    public static ReverseBits Continue(byte* start, byte* at, int consumed) => new() { _start = start, _at = at, _bits = *(ulong*)at, _consumed = consumed };

    /// <summary>Finds the end mark: the highest bit set in the last byte.</summary>
    public static ReverseBits Open(byte* start, long length)
    {
        if (length < 1 || start[length - 1] == 0) throw new InvalidDataException("A bit stream has no end mark.");
        var unused = 8 - BitOperations.Log2(start[length - 1]);
        if (length >= 8) return Continue(start, start + length - 8, unused);
        var bits = 0UL;
        for (var i = 0; i < length; i++) bits |= (ulong)start[i] << 8 * i;
        return new() { _start = start, _at = start, _bits = bits, _consumed = unused + 8 * (8 - (int)length) };
    }

    /// <summary>The next <paramref name="count"/> bits (0 to 56), which stay unread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Peek(int count) => _bits << _consumed >> 1 >> (63 - count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count) => _consumed += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Read(int count)
    {
        var value = (uint)Peek(count);
        _consumed += count;
        return value;
    }

    /// <summary>Makes at least 57 bits available, as long as the stream has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reload()
    {
        var bytes = Math.Min(_consumed >> 3, _at - _start);
        if (_consumed > 64 || bytes == 0) return;
        _at -= bytes;
        _consumed -= (int)bytes * 8;
        _bits = *(ulong*)_at;
    }
}
