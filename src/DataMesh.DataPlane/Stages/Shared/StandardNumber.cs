using System.Buffers;
using System.Globalization;
using System.Text;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>
/// Takes separators and currency signs out of numbers: <c>1.234,50 €</c> becomes <c>1234.50</c>, <c>(5)</c> becomes <c>-5</c>. Groups must be groups: three
/// digits last, two or three before. A text that is no number is left as it is, so that the cast that follows refuses it.
/// </summary>
internal sealed class StandardNumber(TextTransform before, NumberStyle style) : TextTransform
{
    private readonly int _thousands = style.Thousands ?? (style.Decimal == ',' ? '.' : ',');
    private readonly TextBuffer _text = new();

    public override bool Apply(ReadOnlySpan<byte> value, TextBuffer target)
    {
        _text.Truncate(0);
        if (!before.Apply(value, _text) || _text.Length == 0) return false;
        var start = target.Length;
        var text = WithoutSigns(_text.Written, out var isNegative);
        if (isNegative) target.Append((byte)'-');
        if (TryAppendDigits(text, target)) return true;
        target.Truncate(start);
        target.Append(_text.Written);
        return true;
    }

    /// <summary>Takes off brackets, signs and currency signs at both ends, in any order.</summary>
    private static ReadOnlySpan<byte> WithoutSigns(ReadOnlySpan<byte> text, out bool isNegative)
    {
        isNegative = text.Length > 2 && text[0] == '(' && text[^1] == ')';
        if (isNegative) text = text[1..^1];
        var hasSign = isNegative;
        while (Rune.DecodeFromUtf8(text, out var first, out var length) == OperationStatus.Done)
        {
            if (!hasSign && first.Value is '-' or '+' or '−')
            {
                hasSign = true;
                isNegative = first.Value != '+';
            }
            else if (!IsCurrencyOrSpace(first))
            {
                break;
            }

            text = text[length..];
        }

        while (Rune.DecodeLastFromUtf8(text, out var last, out var length) == OperationStatus.Done && IsCurrencyOrSpace(last)) text = text[..^length];
        return text;
    }

    private bool TryAppendDigits(ReadOnlySpan<byte> text, TextBuffer target)
    {
        var group = 0;
        var groups = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var length) != OperationStatus.Done) return false;
            if (rune.Value is >= '0' and <= '9')
            {
                target.Append((byte)rune.Value);
                group++;
            }
            else if (rune.Value == style.Decimal || rune.Value is 'e' or 'E')
            {
                return (groups == 0 || group == 3) && AppendRest(text, rune.Value == style.Decimal, target);
            }
            else
            {
                if (!IsGroupSeparator(rune) || group is 0 or > 3 || (groups > 0 && group < 2)) return false;
                groups++;
                group = 0;
            }

            text = text[length..];
        }

        return groups == 0 ? group > 0 : group == 3;
    }

    /// <summary>The fraction and exponent, as they are but for the point.</summary>
    private static bool AppendRest(ReadOnlySpan<byte> text, bool hasPoint, TextBuffer target)
    {
        if (hasPoint)
        {
            target.Append((byte)'.');
            text = text[1..];
        }

        target.Append(text);
        return !text.ContainsAnyExcept("0123456789eE+-"u8);
    }

    private bool IsGroupSeparator(Rune rune) => rune.Value == _thousands || rune.Value is '\'' or '’' || Rune.IsWhiteSpace(rune);

    private static bool IsCurrencyOrSpace(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.CurrencySymbol || Rune.IsWhiteSpace(rune);
}
