using System.Numerics;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Merges texts by disjoint sets of rows. When all of them are constants the result is dictionary-encoded, with one dictionary for all batches.</summary>
internal static class TextChoice
{
    public static Operand Merge(Frame frame, DataType type, List<(Operand Value, Bitmap Rows)> choices, int slot, Bitmap? validity) =>
        choices.TrueForAll(each => each.Value.IsConstant)
            ? MergeConstants(frame, type, choices, slot, validity)
            : MergeValues(frame.Length, type, choices, validity);

    private static VarColumn MergeConstants(Frame frame, DataType type, List<(Operand Value, Bitmap Rows)> choices, int slot, Bitmap? validity)
    {
        var dictionary = frame.State(slot, () => new ValueDictionary(8));
        var buffer = PooledBuffer.RentCleared(frame.Length * 4);
        var codes = buffer.As<int>();
        foreach (var (value, rows) in choices)
        {
            var code = value.IsNullConstant ? 0 : dictionary.Add(value.Constant!.Bytes);
            if (code == 0) continue;
            var words = rows.Words;
            for (var w = 0; w < words.Length; w++)
            {
                if (words[w] == ulong.MaxValue) codes.Slice(w << 6, 64).Fill(code);
                else
                    for (var word = words[w]; word != 0; word &= word - 1) codes[(w << 6) + BitOperations.TrailingZeroCount(word)] = code;
            }
        }

        return new VarColumn(type, buffer, dictionary, frame.Length, validity);
    }

    private static Operand MergeValues(int length, DataType type, List<(Operand Value, Bitmap Rows)> choices, Bitmap? validity)
    {
        var source = PooledBuffer.RentCleared(length);
        for (var i = 1; i < choices.Count; i++)
        {
            var words = choices[i].Rows.Words;
            for (var w = 0; w < words.Length; w++)
                for (var word = words[w]; word != 0; word &= word - 1) source.Span[(w << 6) + BitOperations.TrailingZeroCount(word)] = (byte)Math.Min(i, byte.MaxValue);
        }

        var writer = new VarWriter(length);
        for (var row = 0; row < length; row++)
        {
            if (validity is null || validity[row])
            {
                var from = source.Span[row] < byte.MaxValue ? source.Span[row] : choices.FindIndex(byte.MaxValue, each => each.Rows[row]);
                var value = choices[from].Value;
                writer.Write(value.Constant is { } constant ? constant.Bytes : ((VarColumn)value.Column!)[row]);
            }

            writer.EndValue();
        }

        source.Dispose();
        return writer.ToColumn(type, validity);
    }
}
