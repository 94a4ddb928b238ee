
namespace DataMesh.Formats.Json;

/// <summary>
/// Up to 64 records of a block that are read together, one member of all of them after the other: what one member needs stays in registers and in the
/// cache, and as no record waits for another the processor works on several at once.
/// </summary>
internal sealed unsafe class JsonChunk
{
    /// <summary>Their text should stay in the first-level cache, and one bit for each should fit a word.</summary>
    public const int RecordsMax = 64;

    // Pinned, so that the loops over them need no bounds checks.
    private readonly long[] _at = GC.AllocateUninitializedArray<long>(RecordsMax, pinned: true);
    private readonly int[] _records = GC.AllocateUninitializedArray<int>(RecordsMax, pinned: true);
    private int* _starts;

    /// <summary>The place reached in each record that is still being read.</summary>
    public byte** At => (byte**)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _at[0]);

    /// <summary>Which record of the chunk that is.</summary>
    public int* Records => (int*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _records[0]);

    /// <summary>How many are still being read.</summary>
    public int Count { get; private set; }

    /// <summary>Row of the batch that the chunk's first record fills; the others follow.</summary>
    public int FirstRow { get; private set; }

    /// <summary>End of the block's text.</summary>
    public byte* End { get; private set; }

    /// <summary>Begin of the block's text.</summary>
    public byte* Text { get; private set; }

    /// <summary>Reads numbers of the chunk.</summary>
    public JsonFourNumbers FourNumbers { get; } = new();

    /// <summary>One bit for each record that could not be read.</summary>
    public ulong Failed { get; private set; }

    /// <summary>Takes <paramref name="count"/> records; <paramref name="starts"/> says where they begin, and with one more where the last one ends.</summary>
    public void Begin(byte* text, int* starts, int count, int firstRow, byte* end)
    {
        Text = text;
        _starts = starts;
        FirstRow = firstRow;
        End = end;
        Failed = count == 64 ? ulong.MaxValue : (1UL << count) - 1;
    }

    /// <summary>Begins to read the records that have failed until now once more.</summary>
    public void Retry()
    {
        Count = 0;
        for (var failed = Failed; failed != 0; failed &= failed - 1)
        {
            var record = System.Numerics.BitOperations.TrailingZeroCount(failed);
            Records[Count] = record;
            At[Count++] = Text + _starts[record];
        }

        Failed = 0;
    }

    /// <summary>Where a record of the chunk ends.</summary>
    public byte* StopOf(int record) => Text + _starts[record + 1];

    /// <summary>Gives up the record at a position; the last one takes its place. Returns how many are left.</summary>
    public int Drop(int at)
    {
        Failed |= 1UL << Records[at];
        Count--;
        At[at] = At[Count];
        Records[at] = Records[Count];
        return Count;
    }
}

/// <summary>Where the text of a value lies until it is copied into its column.</summary>
internal unsafe struct JsonPlace
{
    /// <summary>First byte of the text: of what stands between the quotes of a string, of all of a JSON value.</summary>
    public byte* Start;
    public int Length;
    /// <summary>There are escapes or blanks in it that the column does not keep.</summary>
    public bool IsIrregular;
}
