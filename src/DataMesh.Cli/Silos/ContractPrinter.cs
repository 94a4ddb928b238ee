using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DataMesh.Client.Contract;

namespace DataMesh.Cli.Silos;

/// <summary>Prints what a silo said as JSON.</summary>
internal static class ContractPrinter
{
    private static readonly ContractJson Indented = new(new JsonSerializerOptions(ContractJson.Default.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Prints one document.</summary>
    public static void Print<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Indented.GetTypeInfo(typeof(T))!));

    /// <summary>Prints a document of a stream on one line.</summary>
    public static void PrintLine(LogLine line) => Console.Out.WriteLine(JsonSerializer.Serialize(line, ContractJson.Default.LogLine));
}
