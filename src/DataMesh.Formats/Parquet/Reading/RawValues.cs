using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>
/// Decoded values without nulls, still in their physical form: fixed width (booleans as one byte), or bytes with offsets. Owns its memory.
/// </summary>
internal sealed class RawValues(int count, int width, PooledBuffer data, PooledBuffer? offsets) : IDisposable
{
    public int Count { get; } = count;

    /// <summary>Bytes per value; 0 when they have offsets.</summary>
    public int Width { get; } = width;

    public PooledBuffer Data { get; } = data;

    /// <summary><see cref="Count"/> + 1 offsets of values of any length.</summary>
    public PooledBuffer? Offsets { get; } = offsets;

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            if (Offsets is null) return Data.Span.Slice(index * Width, Width);
            var offsets = Offsets.As<int>();
            return Data.Span[offsets[index]..offsets[index + 1]];
        }
    }

    public static RawValues Fixed(ReadOnlySpan<byte> bytes, int width, int count)
    {
        var data = PooledBuffer.Rent(checked(count * width));
        bytes[..data.Length].CopyTo(data.Span);
        return new RawValues(count, width, data, null);
    }

    /// <summary>Values picked by dictionary codes; a code beyond the dictionary throws.</summary>
    public RawValues Pick(ReadOnlySpan<int> codes)
    {
        Check(codes);
        if (Offsets is not null) return PickBytes(codes);
        var data = PooledBuffer.Rent(checked(codes.Length * Width));
        switch (Width)
        {
            case 8: PickFixed(Data.As<long>(), codes, data.As<long>()); break;
            case 4: PickFixed(Data.As<int>(), codes, data.As<int>()); break;
            default:
                for (var i = 0; i < codes.Length; i++) this[codes[i]].CopyTo(data.Span[(i * Width)..]);
                break;
        }

        return new RawValues(codes.Length, Width, data, null);
    }

    /// <summary>Throws when a code is beyond these values.</summary>
    public void Check(ReadOnlySpan<int> codes)
    {
        if (codes.ContainsAnyExceptInRange(0, Count - 1)) throw new InvalidDataException($"A code is beyond the dictionary of {Count} values.");
    }

    public void Dispose()
    {
        Data.Dispose();
        Offsets?.Dispose();
    }

    private static void PickFixed<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> codes, Span<T> target)
    {
        for (var i = 0; i < codes.Length; i++) target[i] = values[codes[i]];
    }

    private RawValues PickBytes(ReadOnlySpan<int> codes)
    {
        var source = Offsets!.As<int>();
        var offsets = PooledBuffer.Rent<int>(codes.Length + 1);
        var target = offsets.As<int>();
        target[0] = 0;
        for (var i = 0; i < codes.Length; i++) target[i + 1] = checked(target[i] + source[codes[i] + 1] - source[codes[i]]);
        var data = PooledBuffer.Rent(target[codes.Length]);
        for (var i = 0; i < codes.Length; i++) this[codes[i]].CopyTo(data.Span[target[i]..]);
        return new RawValues(codes.Length, 0, data, offsets);
    }
}
