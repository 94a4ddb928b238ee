using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>
/// Applies a <see cref="TextTransform"/> to whole columns: once per value of a flat column, once per dictionary entry of an encoded one, however many
/// batches share the dictionary. One per worker and column.
/// </summary>
internal sealed class TextTransformer(TextTransform transform)
{
    private const int Unknown = -2;
    private const int Null = -1;

    private readonly ConditionalWeakTable<ValueDictionary, Mapping> _mappings = [];
    private readonly TextBuffer _text = new();

    /// <summary>The transformed column, of type string. The input stays the caller's.</summary>
    public VarColumn Apply(VarColumn column) => column.Dictionary is null ? ApplyFlat(column) : ApplyCodes(column);

    private VarColumn ApplyFlat(VarColumn column)
    {
        var offsets = PooledBuffer.Rent<int>(column.Length + 1);
        var ends = offsets.As<int>();
        var validity = column.Validity?.Clone();
        ends[0] = 0;
        for (var row = 0; row < column.Length; row++)
        {
            if (!column.IsNull(row) && !TryApply(column[row]))
            {
                validity ??= Bitmap.Ones(column.Length);
                validity[row] = false;
            }

            ends[row + 1] = _text.Length;
        }

        return new VarColumn(DataType.String, offsets, _text.Detach(), column.Length, validity);
    }

    private VarColumn ApplyCodes(VarColumn column)
    {
        var mapping = _mappings.GetValue(column.Dictionary!, static _ => new Mapping());
        mapping.GrowTo(column.Dictionary!.Count);
        var codes = PooledBuffer.Rent<int>(column.Length);
        var target = codes.As<int>();
        var source = column.Codes;
        var validity = column.Validity?.Clone();
        for (var row = 0; row < source.Length; row++)
        {
            if (column.IsNull(row))
            {
                target[row] = 0;
                continue;
            }

            var code = mapping.Codes[source[row]];
            if (code == Unknown) code = mapping.Codes[source[row]] = NewCode(column.Dictionary[source[row]], mapping.Target);
            target[row] = Math.Max(code, 0);
            if (code != Null) continue;
            validity ??= Bitmap.Ones(column.Length);
            validity[row] = false;
        }

        return new VarColumn(DataType.String, codes, mapping.Target, column.Length, validity);
    }

    private int NewCode(ReadOnlySpan<byte> value, ValueDictionary target)
    {
        var code = TryApply(value) ? target.Add(_text.Written) : Null;
        _text.Truncate(0);
        return code;
    }

    private bool TryApply(ReadOnlySpan<byte> value)
    {
        var before = _text.Length;
        if (transform.Apply(value, _text)) return true;
        _text.Truncate(before);
        return false;
    }

    /// <summary>From the codes of one dictionary to those of the transformed one.</summary>
    private sealed class Mapping
    {
        public int[] Codes { get; private set; } = [];

        public ValueDictionary Target { get; } = new();

        public void GrowTo(int count)
        {
            if (count <= Codes.Length) return;
            var larger = new int[Math.Max(count, Codes.Length * 2)];
            Codes.CopyTo(larger, 0);
            larger.AsSpan(Codes.Length).Fill(Unknown);
            Codes = larger;
        }
    }
}
