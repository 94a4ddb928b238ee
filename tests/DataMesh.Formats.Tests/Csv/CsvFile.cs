using System.Text;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Tests.Text;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Csv;

/// <summary>Describes and decodes CSV text as the runtime would.</summary>
internal static class CsvFile
{
    private static readonly CsvFormat Format = new();

    public static FormatDescription Describe(string text, FormatOptions? options = null)
    {
        using var file = new TempFile(Encoding.UTF8.GetBytes(text), ".csv");
        return Format.Describe(TextHead.Read(file.Path), options ?? new FormatOptions());
    }

    public static Task<CollectedOutput> ReadAsync(string text, FormatOptions? options = null, Schema? schema = null, bool isWidening = false, int blockBytes = Limits.BlockBytes, int[]? columns = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(text), options, schema, isWidening, blockBytes, columns);

    public static async Task<CollectedOutput> ReadAsync(byte[] bytes, FormatOptions? options = null, Schema? schema = null, bool isWidening = false, int blockBytes = Limits.BlockBytes, int[]? columns = null)
    {
        using var file = new TempFile(bytes, ".csv");
        var description = Format.Describe(TextHead.Read(file.Path), options ?? new FormatOptions());
        var split = new Split("0", "test.csv", 0, -1, bytes.Length, "");
        var plan = new DecodePlan(schema ?? description.Schema, isWidening, columns);
        var output = new CollectedOutput();
        await using var reader = await Format.OpenAsync(new FileToOpen(file.Path, split, 0, blockBytes), description, plan, default);
        var decoder = reader.CreateDecoder();
        while (await reader.ReadAsync(default) is { } block)
        {
            decoder.Decode(block, output);
            block.Dispose();
        }

        return output;
    }
}
