using System.Numerics;

namespace DataMesh.Core.Columns;

/// <summary>
/// Bits packed least significant first into 64-bit words, as Arrow lays out validity. Bits beyond <see cref="Length"/> in the last word are zero.
/// </summary>
public sealed class Bitmap : IDisposable
{
    private readonly PooledBuffer _buffer;

    private Bitmap(PooledBuffer buffer, int length)
    {
        _buffer = buffer;
        Length = length;
    }

    /// <summary>Number of bits.</summary>
    public int Length { get; }

    /// <summary>The words; <c>(Length + 63) / 64</c> of them.</summary>
    public Span<ulong> Words => _buffer.As<ulong>();

    /// <summary>Words needed for <paramref name="length"/> bits.</summary>
    public static int WordCount(int length) => (length + 63) >> 6;

    /// <summary>All bits zero.</summary>
    public static Bitmap Zeros(int length) => new(PooledBuffer.RentCleared(WordCount(length) * 8), length);

    /// <summary>All bits one.</summary>
    public static Bitmap Ones(int length)
    {
        var bitmap = new Bitmap(PooledBuffer.Rent(WordCount(length) * 8), length);
        bitmap.Words.Fill(ulong.MaxValue);
        bitmap.ClearTail();
        return bitmap;
    }

    /// <summary>Unspecified bits: the caller fills every word and then calls <see cref="ClearTail"/>.</summary>
    public static Bitmap Uninitialised(int length) => new(PooledBuffer.Rent(WordCount(length) * 8), length);

    /// <summary>The bit at <paramref name="index"/>.</summary>
    public bool this[int index]
    {
        get => (Words[index >> 6] >> (index & 63) & 1) != 0;
        set
        {
            if (value) Words[index >> 6] |= 1UL << (index & 63);
            else Words[index >> 6] &= ~(1UL << (index & 63));
        }
    }

    /// <summary>Zeroes the unused bits of the last word.</summary>
    public void ClearTail()
    {
        if ((Length & 63) != 0) Words[^1] &= (1UL << (Length & 63)) - 1;
    }

    /// <summary>How many bits are one.</summary>
    public int CountOnes()
    {
        var ones = 0;
        foreach (var word in Words) ones += BitOperations.PopCount(word);
        return ones;
    }

    /// <summary>A copy with its own memory.</summary>
    public Bitmap Clone()
    {
        var copy = Uninitialised(Length);
        Words.CopyTo(copy.Words);
        return copy;
    }

    /// <summary>this &amp;= other.</summary>
    public void And(Bitmap other)
    {
        var mine = Words;
        var theirs = other.Words;
        for (var i = 0; i < mine.Length; i++) mine[i] &= theirs[i];
    }

    /// <summary>this |= other.</summary>
    public void Or(Bitmap other)
    {
        var mine = Words;
        var theirs = other.Words;
        for (var i = 0; i < mine.Length; i++) mine[i] |= theirs[i];
    }

    /// <summary>this &amp;= ~other.</summary>
    public void AndNot(Bitmap other)
    {
        var mine = Words;
        var theirs = other.Words;
        for (var i = 0; i < mine.Length; i++) mine[i] &= ~theirs[i];
    }

    /// <summary>Flips every bit.</summary>
    public void Not()
    {
        var words = Words;
        for (var i = 0; i < words.Length; i++) words[i] = ~words[i];
        ClearTail();
    }

    /// <summary>The positions of the one bits, ascending.</summary>
    public int[] ToIndices()
    {
        var indices = new int[CountOnes()];
        CopyIndices(indices);
        return indices;
    }

    /// <summary>Writes the positions of the one bits, ascending; <paramref name="indices"/> has room for <see cref="CountOnes"/> of them.</summary>
    public void CopyIndices(Span<int> indices)
    {
        var next = 0;
        var words = Words;
        for (var i = 0; i < words.Length; i++)
        {
            for (var word = words[i]; word != 0; word &= word - 1)
                indices[next++] = (i << 6) + BitOperations.TrailingZeroCount(word);
        }
    }

    /// <summary>A new bitmap whose bit i is this one's bit <c>rows[i]</c>; a negative row gives zero.</summary>
    public Bitmap Take(ReadOnlySpan<int> rows)
    {
        var taken = Uninitialised(rows.Length);
        var source = Words;
        var target = taken.Words;
        for (var w = 0; w < target.Length; w++)
        {
            var word = 0UL;
            var part = rows[(w << 6)..Math.Min(rows.Length, (w + 1) << 6)];
            for (var i = 0; i < part.Length; i++)
            {
                var row = part[i];
                if (row >= 0) word |= (source[row >> 6] >> (row & 63) & 1) << i;
            }

            target[w] = word;
        }

        return taken;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
