using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Merges columns and constants by disjoint sets of rows. Rows in none of the sets become null.</summary>
internal static class Choice
{
    public static Operand Merge(Frame frame, DataType type, List<(Operand Value, Bitmap Rows)> choices, int slot)
    {
        var validity = MergeValidity(choices, frame.Length);
        return type.Kind switch
        {
            TypeKind.Null => new NullColumn(frame.Length),
            TypeKind.Bool => MergeBools(choices, frame.Length, validity),
            TypeKind.Int64 or TypeKind.Timestamp => MergeFixed<long>(type, choices, frame.Length, validity),
            TypeKind.Float64 => MergeFixed<double>(type, choices, frame.Length, validity),
            TypeKind.Date => MergeFixed<int>(type, choices, frame.Length, validity),
            TypeKind.Decimal => MergeFixed<Int128>(type, choices, frame.Length, validity),
            _ => TextChoice.Merge(frame, type, choices, slot, validity),
        };
    }

    /// <summary>Valid where the chosen value is; null when that is everywhere.</summary>
    private static Bitmap? MergeValidity(List<(Operand Value, Bitmap Rows)> choices, int length)
    {
        var valid = Bitmap.Zeros(length);
        foreach (var (value, rows) in choices)
        {
            if (value.IsNullConstant || value.Column is NullColumn) continue;
            var target = valid.Words;
            var chosen = rows.Words;
            if (value.Validity is null)
                for (var i = 0; i < target.Length; i++) target[i] |= chosen[i];
            else
            {
                var present = value.Validity.Words;
                for (var i = 0; i < target.Length; i++) target[i] |= chosen[i] & present[i];
            }
        }

        if (valid.CountOnes() < length) return valid;
        valid.Dispose();
        return null;
    }

    private static BoolColumn MergeBools(List<(Operand Value, Bitmap Rows)> choices, int length, Bitmap? validity)
    {
        var merged = Bitmap.Zeros(length);
        foreach (var (value, rows) in choices)
        {
            using var trues = Bits.TrueRows(value, length);
            trues.And(rows);
            merged.Or(trues);
        }

        return Bits.ToColumn(merged, validity);
    }

    private static FixedColumn<T> MergeFixed<T>(DataType type, List<(Operand Value, Bitmap Rows)> choices, int length, Bitmap? validity) where T : unmanaged
    {
        var buffer = PooledBuffer.Rent<T>(length);
        var target = buffer.As<T>();
        var isFirst = true;
        foreach (var (value, rows) in choices)
        {
            // The first fills everything, the others overwrite their rows.
            if (value.IsConstant) Fill(target, value.Value<T>(), rows.Words, isFirst);
            else if (value.Column is FixedColumn<T> column) Copy(target, column.Values, rows.Words, isFirst);
            isFirst = false;
        }

        return new FixedColumn<T>(type, buffer, length, validity);
    }

    private static bool CanBlend<T>(Span<T> target, int word) where T : unmanaged =>
        Vector512.IsHardwareAccelerated && (typeof(T) == typeof(long) || typeof(T) == typeof(double)) && (word + 1) << 6 <= target.Length;

    /// <summary>Overwrites the rows of one word, eight at a time, from a column or (when that is empty) with a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Blend<T>(Span<T> target, Vector512<T> constant, ReadOnlySpan<T> source, ulong rows) where T : unmanaged
    {
        var bits = Vector512.Create(1L, 2, 4, 8, 16, 32, 64, 128);
        ref var start = ref MemoryMarshal.GetReference(target);
        ref var from = ref MemoryMarshal.GetReference(source);
        for (var i = 0; i < 64; i += 8)
        {
            var mask = Vector512.Equals(Vector512.Create((long)(rows >> i & 0xFF)) & bits, bits).As<long, T>();
            var value = source.IsEmpty ? constant : Vector512.LoadUnsafe(ref from, (nuint)i);
            Vector512.ConditionalSelect(mask, value, Vector512.LoadUnsafe(ref start, (nuint)i)).StoreUnsafe(ref start, (nuint)i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill<T>(Span<T> target, T value, ReadOnlySpan<ulong> rows, bool everywhere) where T : unmanaged
    {
        if (everywhere)
        {
            target.Fill(value);
            return;
        }

        for (var w = 0; w < rows.Length; w++)
        {
            if (rows[w] == 0) continue;
            if (rows[w] == ulong.MaxValue) target.Slice(w << 6, 64).Fill(value);
            else if (CanBlend<T>(target, w)) Blend(target.Slice(w << 6, 64), Vector512.Create(value), default, rows[w]);
            else
                for (var word = rows[w]; word != 0; word &= word - 1) target[(w << 6) + BitOperations.TrailingZeroCount(word)] = value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<T>(Span<T> target, ReadOnlySpan<T> source, ReadOnlySpan<ulong> rows, bool everywhere) where T : unmanaged
    {
        if (everywhere)
        {
            source.CopyTo(target);
            return;
        }

        for (var w = 0; w < rows.Length; w++)
        {
            if (rows[w] == 0) continue;
            if (rows[w] == ulong.MaxValue) source.Slice(w << 6, 64).CopyTo(target[(w << 6)..]);
            else if (CanBlend<T>(target, w)) Blend(target.Slice(w << 6, 64), default, source.Slice(w << 6, 64), rows[w]);
            else
            {
                for (var word = rows[w]; word != 0; word &= word - 1)
                {
                    var row = (w << 6) + BitOperations.TrailingZeroCount(word);
                    target[row] = source[row];
                }
            }
        }
    }
}
