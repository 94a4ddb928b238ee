using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>
/// Converts columns from type to type. A value that can not be converted becomes null and its row is reported as failed; nothing is thrown for data.
/// </summary>
public static class Casts
{
    /// <summary>
    /// Converts <paramref name="column"/>, which stays the caller's. <paramref name="failed"/> gets the rows that could not be converted (the caller owns it),
    /// null when all could.
    /// </summary>
    public static Column Cast(Column column, DataType target, CastFormat? format, out Bitmap? failed)
    {
        failed = null;
        format ??= Default;
        if (column.Type == target && !(target.Kind == TypeKind.String && format.Patterns.Count > 0)) return column.Share();
        if (column is NullColumn) return Column.Nulls(target, column.Length);
        if (column is VarColumn text && target.Kind != TypeKind.Binary && column.Type.Kind is TypeKind.String or TypeKind.Json) return FromText(text, target, format, ref failed);
        return target.Kind switch
        {
            TypeKind.String => TextFormatting.ToText(column, target, format),
            TypeKind.Json => JsonFormatting.ToJson(column),
            TypeKind.Binary when column is VarColumn bytes => bytes.WithType(target),
            _ => NumberCasts.Cast(column, target, format, ref failed) ?? throw new NotSupportedException($"There is no cast from {column.Type} to {target}."),
        };
    }

    private static CastFormat Default { get; } = new();

    /// <summary>Texts of a dictionary are converted once per entry when that is less work.</summary>
    private static Column FromText(VarColumn text, DataType target, CastFormat format, ref Bitmap? failed)
    {
        if (target.IsVariable && target.Kind != TypeKind.Json) return text.WithType(target);
        if (text.Dictionary is not { } dictionary || dictionary.Count > text.Length) return TextParsing.Parse(text, target, format, ref failed);
        using var entries = Entries(dictionary, text.Type);
        Bitmap? failedEntries = null;
        using var parsed = TextParsing.Parse(entries, target, format, ref failedEntries);
        var rows = text.Codes.ToArray();
        if (text.Validity is { } validity)
            for (var i = 0; i < rows.Length; i++)
                if (!validity[i]) rows[i] = -1;
        if (failedEntries is not null)
        {
            failed = failedEntries.Take(rows);
            failedEntries.Dispose();
            if (Bits.IsEmpty(failed)) failed = null;
        }

        return parsed.Take(rows);
    }

    private static VarColumn Entries(ValueDictionary dictionary, DataType type)
    {
        var count = dictionary.Count;
        var writer = new VarWriter(count);
        for (var code = 0; code < count; code++)
        {
            writer.Write(dictionary[code]);
            writer.EndValue();
        }

        return writer.ToColumn(type, null);
    }
}
