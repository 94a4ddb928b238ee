using System.Text.Json;

namespace DataMesh.DataPlane.Kernels;

/// <summary>The functions of JSON values.</summary>
internal static class JsonKernels
{
    public static IEnumerable<(string Key, KernelEntry Kernel)> All { get; } =
    [
        .. ForBoth("json_extract({0},string)", RowKernels.Text<Extract>(PathOf)),
        .. ForBoth("json_extract({0},int64)", RowKernels.Text<Extract>(PathOf)),
        .. ForBoth("json_extract_string({0},string)", RowKernels.Text<ExtractString>(PathOf)),
        .. ForBoth("json_extract_string({0},int64)", RowKernels.Text<ExtractString>(PathOf)),
        .. ForBoth("json_array_length({0},string?)", RowKernels.Fixed<long, ArrayLength>(PathOf)),
        .. ForBoth("json_type({0},string?)", RowKernels.Text<TypeName>(PathOf)),
        .. ForBoth("json_keys({0},string?)", RowKernels.Text<Keys>(PathOf)),
        ("json_valid(string)", RowKernels.Bool<IsValid>()),
    ];

    private static IEnumerable<(string, KernelEntry)> ForBoth(string key, KernelEntry kernel) =>
        [(string.Format(System.Globalization.CultureInfo.InvariantCulture, key, "json"), kernel), (string.Format(System.Globalization.CultureInfo.InvariantCulture, key, "string"), kernel)];

    private static JsonPath? PathOf(KernelCall call)
    {
        if (call.Count == 1) return JsonPath.Root;
        if (call[1].Constant is not { } constant) return null;
        return constant.Type.Kind == Core.Columns.TypeKind.Int64 ? new JsonPath([JsonPathStep.Element(constant.Long)]) : JsonPath.Parse(constant.Text);
    }

    /// <summary>The bytes that the path leads to; empty when there are none or the text is not JSON.</summary>
    private static ReadOnlySpan<byte> Find(in Row row, out JsonTokenType type)
    {
        var path = row.State as JsonPath ?? JsonPath.Parse(System.Text.Encoding.UTF8.GetString(row.Text(1)));
        return path.Find(row.Text(0), out type);
    }

    private readonly struct Extract : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var value = Find(row, out _);
            output.Write(value);
            return value.IsEmpty ? Outcome.Null : Outcome.Value;
        }
    }

    private readonly struct ExtractString : ITextFunction
    {
        /// <summary>A string without its quotes and escapes; JSON null is null; anything else its text.</summary>
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var value = Find(row, out var type);
            if (value.IsEmpty || type == JsonTokenType.Null) return Outcome.Null;
            if (type != JsonTokenType.String) output.Write(value);
            else if (!value.Contains((byte)'\\')) output.Write(value[1..^1]);
            else
            {
                var reader = new Utf8JsonReader(value);
                reader.Read();
                output.Advance(reader.CopyString(output.Reserve(value.Length)));
            }

            return Outcome.Value;
        }
    }

    private readonly struct ArrayLength : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result)
        {
            result = 0;
            var value = Find(row, out var type);
            if (value.IsEmpty) return Outcome.Null;
            if (type != JsonTokenType.StartArray) return Outcome.Value;
            var reader = new Utf8JsonReader(value);
            reader.Read();
            for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; reader.Skip()) result++;
            return Outcome.Value;
        }
    }

    private readonly struct TypeName : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var value = Find(row, out var type);
            if (value.IsEmpty) return Outcome.Null;
            output.Write(type switch
            {
                JsonTokenType.StartObject => "object"u8,
                JsonTokenType.StartArray => "array"u8,
                JsonTokenType.String => "string"u8,
                JsonTokenType.True or JsonTokenType.False => "boolean"u8,
                JsonTokenType.Null => "null"u8,
                _ => "number"u8,
            });
            return Outcome.Value;
        }
    }

    private readonly struct Keys : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var value = Find(row, out var type);
            if (value.IsEmpty || type != JsonTokenType.StartObject) return Outcome.Null;
            var reader = new Utf8JsonReader(value);
            reader.Read();
            output.Write((byte)'[');
            for (var isFirst = true; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; isFirst = false)
            {
                if (!isFirst) output.Write((byte)',');
                output.Write((byte)'"');
                output.Write(reader.ValueSpan);
                output.Write((byte)'"');
                reader.Read();
                reader.Skip();
            }

            output.Write((byte)']');
            return Outcome.Value;
        }
    }

    private readonly struct IsValid : IRowFunction<bool>
    {
        public static Outcome Apply(in Row row, out bool result)
        {
            result = JsonFormatting.IsJson(row.Text(0));
            return Outcome.Value;
        }
    }
}
