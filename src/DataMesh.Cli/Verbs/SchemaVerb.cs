using System.CommandLine;
using System.Text.Json;
using DataMesh.Cli.Output;
using DataMesh.Core.Pipelines;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh schema</c>: the JSON Schema of pipeline files.</summary>
internal static class SchemaVerb
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var output = new Option<string?>("--output", "-o") { Description = "Write to this file instead of standard output.", HelpName = "FILE" };
        var command = new Command("schema", "Print the JSON Schema of pipeline files, for completion and checks in editors.") { output };
        command.Act((parsed, _) =>
        {
            var schema = PipelineJsonSchema.Build(Composition.Catalog).ToJsonString(Indented);
            if (parsed.GetValue(output) is { } file)
            {
                File.WriteAllText(file, schema + "\n");
                Terminal.Line($"Wrote {file}. In an editor, begin pipeline files with: # yaml-language-server: $schema={file}");
            }
            else
            {
                Terminal.Line(schema);
            }

            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
