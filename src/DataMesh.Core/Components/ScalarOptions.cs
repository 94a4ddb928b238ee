using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Components;

/// <summary>Reads the scalar kinds of option values.</summary>
internal static class ScalarOptions
{
    private static readonly (string Unit, int Shift)[] ByteUnits = [("KIB", 10), ("MIB", 20), ("GIB", 30), ("TIB", 40), ("KB", 10), ("MB", 20), ("GB", 30), ("TB", 40), ("K", 10), ("M", 20), ("G", 30), ("B", 0)];

    private static readonly (string Unit, double Milliseconds)[] TimeUnits = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>The value, or null with a hint when the text does not fit the shape.</summary>
    public static object? Parse(OptionShape shape, SpecScalar scalar, out string? hint)
    {
        hint = null;
        var text = scalar.Text;
        if (scalar.IsNull && shape.Kind != OptionKind.Word) return null;
        switch (shape.Kind)
        {
            case OptionKind.Text: return text;
            case OptionKind.Expression: return new ExpressionText(text, scalar.TextLocation);
            case OptionKind.Character: return Character(text);
            case OptionKind.Flag: return Flag(text, out hint);
            case OptionKind.Integer: return Integer(shape.Type, text);
            case OptionKind.Number: return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
            case OptionKind.Bytes: return TryBytes(text, out var bytes) ? bytes : null;
            case OptionKind.Duration: return TryDuration(text, out var duration) ? duration : null;
            case OptionKind.Type: return Type(text, out hint);
            case OptionKind.Word: return Word(shape, text, out hint);
            default: return null;
        }
    }

    private static object? Character(string text) => text switch
    {
        "tab" or "\\t" => '\t',
        "none" => '\0',
        [var only] => only,
        _ => null,
    };

    private static object? Flag(string text, out string? hint)
    {
        hint = text.ToLowerInvariant() switch
        {
            "yes" or "on" or "1" => "write true",
            "no" or "off" or "0" => "write false",
            _ => null,
        };
        return bool.TryParse(text, out var flag) ? flag : null;
    }

    private static object? Integer(Type type, string text)
    {
        if (!long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return null;
        if (type == typeof(long)) return number;
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
    }

    private static object? Type(string text, out string? hint)
    {
        hint = null;
        if (DataType.TryParse(text, out var type)) return type;
        hint = TypeNames.HintFor(text);
        return null;
    }

    private static object? Word(OptionShape shape, string text, out string? hint)
    {
        hint = null;
        for (var i = 0; i < shape.Words.Count; i++)
        {
            if (shape.Words[i] == text) return Enum.Parse(shape.Type, Enum.GetNames(shape.Type)[i]);
        }

        if (Nearest.Find(text, shape.Words) is { } near) hint = $"did you mean '{near}'?";
        return null;
    }

    internal static bool TryBytes(string text, out ByteCount bytes)
    {
        bytes = default;
        text = text.Trim().ToUpperInvariant();
        var shift = 0;
        foreach (var (unit, by) in ByteUnits)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            text = text[..^unit.Length].TrimEnd();
            shift = by;
            break;
        }

        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number * (1L << shift) >= long.MaxValue) return false;
        bytes = new ByteCount((long)(number * (1L << shift)));
        return true;
    }

    internal static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        foreach (var (unit, milliseconds) in TimeUnits)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (!double.TryParse(text.AsSpan(0, text.Length - unit.Length).TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) continue;
            if (number * milliseconds > TimeSpan.MaxValue.TotalMilliseconds / 2) return false;
            duration = TimeSpan.FromMilliseconds(number * milliseconds);
            return true;
        }

        return false;
    }
}
