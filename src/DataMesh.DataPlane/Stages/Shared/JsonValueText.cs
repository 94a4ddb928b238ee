using System.Text.Json;
using DataMesh.Core;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Takes JSON values over into text columns.</summary>
internal static class JsonValueText
{
    /// <summary>How JSON inside columns is read: bounded in depth, and strictly.</summary>
    public static JsonReaderOptions ReaderOptions => new() { MaxDepth = Limits.NestingDepthMax };

    /// <summary>
    /// Appends the value that ends where the reader stands: null for null, the unescaped text of a string, else its raw bytes; for a column of type json
    /// the raw bytes always.
    /// </summary>
    /// <param name="reader">Stands on the value's last token.</param>
    /// <param name="kind">The value's first token.</param>
    /// <param name="raw">The value's bytes.</param>
    /// <param name="type">The type that the column will get.</param>
    /// <param name="target">The column.</param>
    public static void Append(ref Utf8JsonReader reader, JsonTokenType kind, ReadOnlySpan<byte> raw, DataType type, TextColumnBuilder target)
    {
        if (kind == JsonTokenType.Null)
        {
            target.AppendNull();
            return;
        }

        if (kind == JsonTokenType.String && type.Kind != TypeKind.Json) target.Text.Advance(reader.CopyString(target.Text.Room(raw.Length)));
        else target.Text.Append(raw);
        target.EndValue();
    }

    /// <summary>The column of the declared type made from the texts, and the rows that could not be converted.</summary>
    public static Column Build(TextColumnBuilder builder, DataType type, out Bitmap? failed)
    {
        failed = null;
        if (type.Kind is TypeKind.String or TypeKind.Json) return builder.Build(type);
        using var text = builder.Build(DataType.String);
        return Kernels.Casts.Cast(text, type, null, out failed);
    }
}
