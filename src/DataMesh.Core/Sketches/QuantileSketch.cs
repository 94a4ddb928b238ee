using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataMesh.Core.Sketches;

/// <summary>
/// Quantiles from a histogram whose buckets are the leading bits of the values' doubles. It begins with one bucket for each distinct value, which is exact;
/// whenever more than the maximum are in use, one more trailing bit is dropped everywhere (the uniform collapse of UDDSketch on the log-linear buckets of
/// HdrHistogram). The state is therefore a function of the multiset of values alone: not of their order, nor of how they were split before merging.
/// Ranks are exact; a value is off by at most <see cref="RelativeError"/> of itself: with 8,192 buckets about 0.1 % for values spread over ten powers of two,
/// and much less for values that lie close together, such as the times of a year. NaN is left out.
/// </summary>
public sealed class QuantileSketch
{
    private const byte Version = 1;
    private const ulong Fibonacci = 0x9e3779b97f4a7c15;

    private Slot[] _slots;
    private int _used;
    private int _dropped;
    private int _tableShift;

    /// <summary>A sketch of at most <paramref name="bucketsMax"/> buckets (16 bytes each, half full at most).</summary>
    public QuantileSketch(int bucketsMax = 8192)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bucketsMax, 64);
        BucketsMax = bucketsMax;
        _slots = new Slot[16];
        _tableShift = 64 - 4;
    }

    /// <summary>Most buckets in use.</summary>
    public int BucketsMax { get; }

    /// <summary>Values seen, without NaN.</summary>
    public long Count { get; private set; }

    /// <summary>The smallest value; NaN of nothing.</summary>
    public double Min { get; private set; } = double.NaN;

    /// <summary>The largest value; NaN of nothing.</summary>
    public double Max { get; private set; } = double.NaN;

    /// <summary>How far a quantile can be off, relative to the true value; 0 while every distinct value has its own bucket.</summary>
    public double RelativeError => _dropped == 0 ? 0 : Math.ScaleB(1, _dropped - 52);

    /// <summary>Memory held, in bytes.</summary>
    public long ByteSize => 64 + _slots.Length * 16L;

    /// <summary>Adds a value.</summary>
    public void Add(double value) => Add(new ReadOnlySpan<double>(in value));

    /// <summary>Adds values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<double> values)
    {
        var (min, max, nans) = (double.PositiveInfinity, double.NegativeInfinity, 0);
        for (var i = 0; i < values.Length;)
        {
            ref var slots = ref MemoryMarshal.GetArrayDataReference(_slots);
            var mask = (nuint)_slots.Length - 1;
            var (dropped, tableShift) = (_dropped, _tableShift);
            for (; i < values.Length; i++)
            {
                var value = values[i];
                if (value < min) min = value;
                if (value > max) max = value;
                if (double.IsNaN(value))
                {
                    nans++;
                    continue;
                }

                var bucket = SortableBits(value) >> dropped;
                var at = (nuint)(bucket * Fibonacci >> tableShift);
                while (Unsafe.Add(ref slots, at).Bucket != bucket && Unsafe.Add(ref slots, at).Count != 0) at = (at + 1) & mask;
                ref var slot = ref Unsafe.Add(ref slots, at);
                if (slot.Count++ != 0) continue;
                slot.Bucket = bucket;
                if (++_used * 2 <= _slots.Length && _used <= BucketsMax) continue;
                i++;
                Resize();
                break;
            }
        }

        Count += values.Length - nans;
        if (nans < values.Length) Include(min, max);
    }

    /// <summary>Adds everything that <paramref name="other"/> has seen; both have the same maximum of buckets.</summary>
    public void Merge(QuantileSketch other)
    {
        if (other.BucketsMax != BucketsMax) throw new ArgumentException($"A sketch of {other.BucketsMax} buckets does not merge into one of {BucketsMax}.");
        if (other.Count == 0) return;
        while (_dropped < other._dropped) Collapse();
        foreach (var slot in other._slots)
            if (slot.Count != 0) AddBucket(slot.Bucket >> (_dropped - other._dropped), slot.Count);
        Count += other.Count;
        Include(other.Min, other.Max);
    }

    /// <summary>
    /// The value at rank <c>q × (count − 1)</c>, linear between neighbouring ranks as SQL's <c>percentile_cont</c>; NaN of nothing.
    /// </summary>
    public double Quantile(double q)
    {
        if (Count == 0) return double.NaN;
        var sorted = Sorted();
        var rank = Math.Clamp(q, 0, 1) * (Count - 1);
        var below = (long)rank;
        var low = AtRank(sorted, below);
        var share = rank - below;
        if (share == 0) return low;
        var high = AtRank(sorted, below + 1);
        return high == low ? low : low + (high - low) * share;
    }

    /// <summary>The byte form.</summary>
    public byte[] ToBytes()
    {
        var writer = new SketchWriter(Version);
        writer.Int64(BucketsMax);
        writer.Byte((byte)_dropped);
        writer.Int64(Count);
        writer.Double(Min);
        writer.Double(Max);
        writer.Int64(_used);
        foreach (var slot in Sorted())
        {
            writer.Int64((long)slot.Bucket);
            writer.Int64(slot.Count);
        }

        return writer.ToArray();
    }

    /// <summary>Reads the byte form.</summary>
    public static QuantileSketch FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new SketchReader(bytes, Version);
        var bucketsMax = reader.Int64();
        if (bucketsMax is < 64 or > 1 << 24) throw new FormatException($"{bucketsMax} is no number of buckets.");
        var sketch = new QuantileSketch((int)bucketsMax) { _dropped = reader.Byte() };
        if (sketch._dropped > 63) throw new FormatException($"{sketch._dropped} bits can not be dropped.");
        sketch.Count = reader.Int64();
        sketch.Min = reader.Double();
        sketch.Max = reader.Double();
        var dropped = sketch._dropped;
        for (var used = reader.Count(16); used > 0; used--)
            sketch.AddBucket((ulong)reader.Int64() >> (sketch._dropped - dropped), reader.Int64());
        return sketch;
    }

    /// <summary>Bits whose unsigned order is the order of the doubles; both zeros are equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SortableBits(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value + 0.0);
        return (ulong)(bits ^ (bits >> 63 | long.MinValue));
    }

    private static double FromSortableBits(ulong bits)
    {
        var signed = (long)bits;
        return BitConverter.Int64BitsToDouble(signed < 0 ? signed ^ long.MinValue : ~signed);
    }

    private void Include(double min, double max)
    {
        Min = double.IsNaN(Min) ? min : Math.Min(Min, min);
        Max = double.IsNaN(Max) ? max : Math.Max(Max, max);
    }

    /// <summary>Adds to a bucket; when that makes the table collapse, callers shift their later buckets by what was dropped since.</summary>
    private void AddBucket(ulong bucket, long count)
    {
        var mask = _slots.Length - 1;
        var at = (int)(bucket * Fibonacci >> _tableShift);
        while (_slots[at].Count != 0 && _slots[at].Bucket != bucket) at = (at + 1) & mask;
        _slots[at].Bucket = bucket;
        if (_slots[at].Count == 0) _used++;
        _slots[at].Count += count;
        if (_used * 2 > _slots.Length || _used > BucketsMax) Resize();
    }

    /// <summary>More room while buckets may still be added, fewer bits after that.</summary>
    private void Resize()
    {
        while (_used > BucketsMax) Collapse();
        if (_used * 2 > _slots.Length) Rebuild(_slots.Length * 2, 0);
    }

    private void Collapse()
    {
        _dropped++;
        Rebuild(_slots.Length, 1);
    }

    /// <summary>Many collapses may follow each other while a sketch warms up, so tables come from the shared pool, which has them of exactly this size.</summary>
    private void Rebuild(int length, int shift)
    {
        var old = _slots;
        _slots = ArrayPool<Slot>.Shared.Rent(length);
        if (_slots.Length != length) _slots = new Slot[length];
        else Array.Clear(_slots);
        _tableShift = 64 - BitOperations.Log2((uint)length);
        _used = 0;
        var mask = length - 1;
        foreach (var slot in old)
        {
            if (slot.Count == 0) continue;
            var bucket = slot.Bucket >> shift;
            var at = (int)(bucket * Fibonacci >> _tableShift);
            while (_slots[at].Count != 0 && _slots[at].Bucket != bucket) at = (at + 1) & mask;
            if (_slots[at].Count == 0) _used++;
            _slots[at].Bucket = bucket;
            _slots[at].Count += slot.Count;
        }

        ArrayPool<Slot>.Shared.Return(old);
    }

    private Slot[] Sorted()
    {
        var sorted = new Slot[_used];
        var next = 0;
        foreach (var slot in _slots)
            if (slot.Count != 0) sorted[next++] = slot;
        Array.Sort(sorted, static (a, b) => a.Bucket.CompareTo(b.Bucket));
        return sorted;
    }

    /// <summary>The value of a rank: inside its bucket the values are taken to lie evenly.</summary>
    private double AtRank(Slot[] sorted, long rank)
    {
        if (rank <= 0) return Min;
        if (rank >= Count - 1) return Max;
        foreach (var slot in sorted)
        {
            if (rank >= slot.Count)
            {
                rank -= slot.Count;
                continue;
            }

            var low = FromSortableBits(slot.Bucket << _dropped);
            if (_dropped == 0) return low;
            var high = FromSortableBits((slot.Bucket << _dropped) | ((1UL << _dropped) - 1));
            var value = low + (high - low) * ((rank + 0.5) / slot.Count);
            return double.IsNaN(value) ? Math.Clamp(low, Min, Max) : Math.Clamp(value, Min, Max);
        }

        return Max;
    }

    private struct Slot
    {
        public ulong Bucket;
        public long Count;
    }
}
