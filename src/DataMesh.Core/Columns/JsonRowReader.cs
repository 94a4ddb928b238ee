using System.Globalization;
using System.Text.Json;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Columns;

/// <summary>Puts JSON rows into column builders of a given schema.</summary>
internal static class JsonRowReader
{
    /// <summary>Appends one row: every builder gets one value.</summary>
    public static void Append(JsonElement row, Schema schema, ColumnBuilder[] builders)
    {
        var rows = builders.Length == 0 ? 0 : builders.Min(builder => builder.Count);
        AppendMembers(row, "", schema, builders, rows);
        foreach (var builder in builders)
            if (builder.Count == rows) builder.AppendNull();
    }

    private static void AppendMembers(JsonElement parent, string prefix, Schema schema, ColumnBuilder[] builders, int row)
    {
        foreach (var member in parent.EnumerateObject())
        {
            var name = prefix + member.Name;
            var at = schema.IndexOf(name);
            if (at >= 0)
            {
                if (builders[at].Count > row) throw new DataMeshException($"The column '{name}' has two values in one row.", detail: parent.GetRawText());
                AppendValue(member.Value, schema[at], builders[at]);
            }
            else if (member.Value.ValueKind == JsonValueKind.Object)
            {
                AppendMembers(member.Value, name + ".", schema, builders, row);
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                schema.Require(name);
            }
        }
    }

    private static void AppendValue(JsonElement value, Field field, ColumnBuilder builder)
    {
        if (value.ValueKind == JsonValueKind.Null) builder.AppendNull();
        else if (field.Type.Kind == TypeKind.Json) builder.Append(value.GetRawText());
        else if (!TryAppend(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText(), field.Type, builder))
            throw new DataMeshException($"{value.GetRawText()} is not a value of the column '{field.Name}', which is {field.Type}.");
    }

    private static bool TryAppend(string text, DataType type, ColumnBuilder builder)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (type.Kind)
        {
            case TypeKind.Bool when bool.TryParse(text, out var flag): builder.Append(flag); return true;
            case TypeKind.Int64 when long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var whole): builder.Append(whole); return true;
            case TypeKind.Float64 when double.TryParse(text, NumberStyles.Float, culture, out var real): builder.Append(real); return true;
            case TypeKind.Decimal when TryParseDecimal(text, type, out var unscaled): builder.Append(unscaled); return true;
            case TypeKind.Date when DateOnly.TryParseExact(text, "yyyy-MM-dd", culture, DateTimeStyles.None, out var date): builder.AppendObject(date); return true;
            case TypeKind.Timestamp when DateTime.TryParse(text, culture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time):
                builder.AppendObject(time);
                return true;
            case TypeKind.String: builder.Append(text); return true;
            case TypeKind.Binary: return TryAppendBinary(text, builder);
            default: return false;
        }
    }

    private static bool TryAppendBinary(string text, ColumnBuilder builder)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var written)) return false;
        builder.Append(bytes.AsSpan(0, written));
        return true;
    }

    private static bool TryParseDecimal(string text, DataType type, out Int128 unscaled)
    {
        unscaled = 0;
        var point = text.IndexOf('.');
        var digits = point < 0 ? text : text.Remove(point, 1);
        var scale = point < 0 ? 0 : text.Length - point - 1;
        if (scale > type.Scale) return false;
        digits += new string('0', type.Scale - scale);
        return Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out unscaled)
            && digits.TrimStart('-', '+').TrimStart('0').Length <= type.Precision;
    }
}
