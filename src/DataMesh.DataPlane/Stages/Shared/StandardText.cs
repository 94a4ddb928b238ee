using System.Text;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Trim, collapse, null tokens and case, as a rule of <c>standardise</c> asks for them.</summary>
internal sealed class StandardText(StandardiseRule rule) : TextTransform
{
    private readonly byte[][] _nulls = [.. rule.NullTokens.Select(token => Encoding.UTF8.GetBytes(token))];

    public override bool Apply(ReadOnlySpan<byte> value, TextBuffer target)
    {
        var start = target.Length;
        if (rule.Trim) value = Utf8Text.Trim(value);
        if (rule.Collapse) Utf8Text.Collapse(value, target);
        else target.Append(value);
        if (IsNull(target.Written[start..])) return false;
        if (rule.Case == LetterCase.Keep) return true;
        var cased = target.Written[start..].ToArray();
        target.Truncate(start);
        Utf8Text.ToCase(cased, rule.Case, target);
        return true;
    }

    private bool IsNull(ReadOnlySpan<byte> text)
    {
        foreach (var token in _nulls)
            if (Utf8Text.EqualsIgnoreCase(text, token)) return true;
        return false;
    }
}
