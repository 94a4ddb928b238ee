using System.Text.Json;
using DataMesh.Core;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Values to JSON texts, and the check that a text is one.</summary>
internal static class JsonFormatting
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.NestingDepthMax };

    /// <summary>Typed values as JSON: numbers and bools bare, the rest as JSON strings; NaN and infinities as null.</summary>
    public static VarColumn ToJson(Column column)
    {
        var writer = new VarWriter(column.Length);
        var bare = column.Type.Kind is TypeKind.Bool or TypeKind.Int64 or TypeKind.Float64 or TypeKind.Decimal;
        for (var row = 0; row < column.Length; row++)
        {
            if (!column.IsNull(row)) WriteValue(column, row, bare, writer);
            writer.EndValue();
        }

        return writer.ToColumn(DataType.Json, column.Validity?.Clone());
    }

    /// <summary>The same texts as json; those that are not JSON fail.</summary>
    public static VarColumn Check(VarColumn text, ref Bitmap? failed)
    {
        var writer = new VarWriter(text.Length);
        var validity = text.Validity?.Clone();
        for (var row = 0; row < text.Length; row++)
        {
            if (validity is null || validity[row])
            {
                var value = text[row];
                if (IsJson(value)) writer.Write(value);
                else
                {
                    (validity ??= Bitmap.Ones(text.Length))[row] = false;
                    (failed ??= Bitmap.Zeros(text.Length))[row] = true;
                }
            }

            writer.EndValue();
        }

        return writer.ToColumn(DataType.Json, validity);
    }

    /// <summary>Whether bytes are one whole JSON value.</summary>
    public static bool IsJson(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new Utf8JsonReader(value, Options);
            var any = false;
            while (reader.Read()) any = true;
            return any;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void WriteValue(Column column, int row, bool bare, VarWriter writer)
    {
        if (column is FixedColumn<double> doubles && !double.IsFinite(doubles[row])) writer.Write("null"u8);
        else
        {
            if (!bare) writer.Write((byte)'"');
            TextFormatting.WriteValue(column, row, writer);
            if (!bare) writer.Write((byte)'"');
        }
    }
}
