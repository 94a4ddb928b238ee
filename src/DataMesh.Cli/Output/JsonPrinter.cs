using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataMesh.Cli.Output;

/// <summary>Prints results as JSON: snake_case names, enums as words.</summary>
internal static class JsonPrinter
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Prints a value on standard output.</summary>
    public static void Print<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Options));

    /// <summary>Rows that are JSON already as values of a result.</summary>
    public static IReadOnlyList<JsonElement> Rows(IEnumerable<string> rows) => [.. rows.Select(row => JsonSerializer.Deserialize<JsonElement>(row))];
}
