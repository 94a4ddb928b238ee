using System.Runtime.InteropServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary><c>x in (constants)</c>: a few are compared one after the other, many through a hash set.</summary>
internal sealed class InNode(Node value, IReadOnlyList<Scalar> list, bool hasNull, int slot) : Node(DataType.Bool)
{
    private const int ComparedOneByOneMax = 4;

    public override IReadOnlyList<Node> Children => [value];

    public override Operand Evaluate(Frame frame)
    {
        using var operand = value.Evaluate(frame);
        if (operand.IsNullConstant || operand.Column is NullColumn) return Column.Nulls(DataType.Bool, frame.Length);
        var found = list.Count <= ComparedOneByOneMax || operand.IsConstant ? CompareEach(operand, frame.Length) : Search(operand, frame);
        var validity = operand.Validity?.Clone();
        if (!hasNull) return Bits.ToColumn(found, validity);
        // Not found in a list that holds null is null, not false.
        if (validity is not null) found.And(validity);
        validity?.Dispose();
        return new BoolColumn(found, found.Clone());
    }

    private Bitmap CompareEach(in Operand operand, int length)
    {
        var found = Bitmap.Zeros(length);
        foreach (var each in list)
        {
            using var equal = Comparison.Compare<IsEqual>(operand, new Operand(each), length);
            found.Or(equal);
        }

        return found;
    }

    private Bitmap Search(in Operand operand, Frame frame) => operand.Column switch
    {
        FixedColumn<long> longs => SearchFixed(longs.Values, frame.State(slot, () => list.Select(each => each.Long).ToHashSet())),
        FixedColumn<int> dates => SearchFixed(dates.Values, frame.State(slot, () => list.Select(each => (int)each.Long).ToHashSet())),
        FixedColumn<double> doubles => SearchFixed(doubles.Values, frame.State(slot, () => list.Select(each => each.Double).ToHashSet())),
        FixedColumn<Int128> decimals => SearchFixed(decimals.Values, frame.State(slot, () => list.Select(each => each.Decimal).ToHashSet())),
        VarColumn => SearchText(operand, frame),
        _ => CompareEach(operand, frame.Length),
    };

    private static Bitmap SearchFixed<T>(ReadOnlySpan<T> values, HashSet<T> set)
    {
        var found = Bitmap.Zeros(values.Length);
        var words = found.Words;
        for (var i = 0; i < values.Length; i++)
            if (set.Contains(values[i])) words[i >> 6] |= 1UL << (i & 63);
        return found;
    }

    private Bitmap SearchText(in Operand operand, Frame frame)
    {
        var set = frame.State(slot, () => new ByteSet(list));
        var reader = new ByteReader(operand);
        var found = Bitmap.Zeros(frame.Length);
        var words = found.Words;
        for (var i = 0; i < frame.Length; i++)
            if (set.Contains(reader[i])) words[i >> 6] |= 1UL << (i & 63);
        return found;
    }

    /// <summary>A set of byte strings, looked up without allocation.</summary>
    private sealed class ByteSet(IReadOnlyList<Scalar> values)
    {
        private readonly Dictionary<uint, List<byte[]>> _byHash = values.GroupBy(each => ValueDictionary.Hash(each.Bytes)).ToDictionary(group => group.Key, group => group.Select(each => each.Bytes).ToList());

        public bool Contains(ReadOnlySpan<byte> value)
        {
            if (!_byHash.TryGetValue(ValueDictionary.Hash(value), out var candidates)) return false;
            foreach (var candidate in CollectionsMarshal.AsSpan(candidates))
                if (value.SequenceEqual(candidate)) return true;
            return false;
        }
    }
}
