using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Joining values to texts.</summary>
internal static class ConcatKernels
{
    public static IEnumerable<(string Key, KernelEntry Kernel)> All { get; } =
    [
        ("||", new KernelEntry((in call) => Join(call, nullIsEmpty: false, separated: false), IsStrict: true)),
        ("concat(any...)", new KernelEntry((in call) => Join(call, nullIsEmpty: true, separated: false), IsStrict: false)),
        ("concat_ws(string,any...)", new KernelEntry((in call) => Join(call, nullIsEmpty: true, separated: true), IsStrict: false)),
        ("format(string,any...)", new KernelEntry(Format)),
    ];

    private static Operand Join(in KernelCall call, bool nullIsEmpty, bool separated)
    {
        var texts = ToTexts(call);
        var validity = !nullIsEmpty ? call.CombinedValidity() : separated ? Bits.CombineValidity(call.Arguments.AsSpan(0, 1), call.Length) : null;
        var writer = new VarWriter(call.Length);
        for (var row = 0; row < call.Length; row++)
        {
            if (validity is null || validity[row])
            {
                var isFirst = true;
                for (var i = separated ? 1 : 0; i < texts.Length; i++)
                {
                    if (texts[i].IsNull(row)) continue;
                    if (separated && !isFirst) writer.Write(Text(texts[0], row));
                    isFirst = false;
                    writer.Write(Text(texts[i], row));
                }
            }

            writer.EndValue();
        }

        Dispose(texts);
        return writer.ToColumn(call.Type, validity);
    }

    /// <summary>Each <c>{}</c> of the first argument is replaced by the next argument; <c>{{</c> is a brace.</summary>
    private static Operand Format(in KernelCall call)
    {
        var texts = ToTexts(call);
        var validity = call.CombinedValidity();
        var writer = new VarWriter(call.Length);
        for (var row = 0; row < call.Length; row++)
        {
            if ((validity is null || validity[row]) && !FormatRow(texts, row, writer))
            {
                writer.Reset();
                validity = FixedKernels.Mark(call, validity, row, Outcome.Fail);
            }

            writer.EndValue();
        }

        Dispose(texts);
        return writer.ToColumn(call.Type, validity);
    }

    private static bool FormatRow(Operand[] texts, int row, VarWriter writer)
    {
        var pattern = Text(texts[0], row);
        var next = 1;
        for (var i = 0; i < pattern.Length; i++)
        {
            var pair = i + 1 < pattern.Length ? pattern[i + 1] : (byte)0;
            if (pattern[i] == '{' && pair == '}')
            {
                if (next >= texts.Length) return false;
                writer.Write(Text(texts[next++], row));
                i++;
            }
            else
            {
                writer.Write(pattern[i]);
                if (pattern[i] is (byte)'{' or (byte)'}' && pair == pattern[i]) i++;
            }
        }

        return true;
    }

    private static ReadOnlySpan<byte> Text(in Operand operand, int row) => operand.Constant is { } constant ? constant.Bytes : ((VarColumn)operand.Column!)[row];

    /// <summary>The arguments as texts; each is to be disposed.</summary>
    private static Operand[] ToTexts(in KernelCall call)
    {
        var texts = new Operand[call.Count];
        for (var i = 0; i < texts.Length; i++) texts[i] = ToText(call[i]);
        return texts;
    }

    private static Operand ToText(in Operand operand)
    {
        if (operand.IsNullConstant || operand.Type.Kind == TypeKind.Null) return new Operand(Scalar.Null(DataType.String));
        if (operand.Type.IsVariable && operand.Type.Kind != TypeKind.Binary) return operand.Column is { } shared ? shared.Share() : operand;
        using var column = operand.ToColumn(1).Share();
        var text = TextFormatting.ToText(column, DataType.String, new CastFormat());
        return operand.IsConstant ? new Operand(Scalar.From(text, 0)) : text;
    }

    private static void Dispose(Operand[] texts)
    {
        foreach (var text in texts) text.Dispose();
    }
}
