using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Sampling;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh init</c>: writes a pipeline file to begin with.</summary>
internal static class InitVerb
{
    private const int RecordsLookedAt = 100;

    public static Command Create()
    {
        var data = new Argument<string>("DATAFILE") { Description = "Data file to begin with, or a glob in quotes." };
        var output = new Option<string?>("--output", "-o") { Description = "Pipeline file to write; without it: NAME.yaml here. '-' prints it.", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Overwrite the file if it is there." };
        var command = new Command("init", "Write a pipeline file for a data file: finds its format and columns, proposes names, and adds a first test.") { data, output, force };
        command.Act(async (parsed, cancellation) =>
        {
            var path = parsed.GetValue(data)!;
            var name = StarterName.For(path, parsed.GetValue(output));
            var target = parsed.GetValue(output) ?? $"{name}.yaml";
            var yaml = await ProposeAsync(path, name, target, cancellation);
            if (target == "-")
            {
                Terminal.Line(yaml.TrimEnd());
                return ExitCodes.Done;
            }

            if (File.Exists(target) && !parsed.GetValue(force))
                throw new DataMeshException($"There is a file '{target}' already.", hint: "name another one with --output, or overwrite it with --force");
            await File.WriteAllTextAsync(target, yaml, cancellation);
            Terminal.Line($"Wrote {target}. Next:");
            Terminal.Line($"  datamesh test {target}");
            Terminal.Line($"  datamesh peek {target}");
            Terminal.Line($"  datamesh run {target}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<string> ProposeAsync(string path, string name, string target, CancellationToken cancellation)
    {
        var definition = PipelineLoading.OfData(path);
        var context = Composition.ContextOf(definition);
        var source = await definition.Sources[0].Source.DescribeAsync(context, cancellation);
        if (source.IsEmpty) throw new DataMeshException($"'{path}' is empty: its columns are not known.", hint: "begin with a file that holds a record");
        var limit = OptionsBinder.BindStage(Composition.Catalog, $"limit: {RecordsLookedAt}");
        using var sample = await new SampleRun(Cutout.UpTo(definition, null, limit), context, cancellation).RunAsync();
        var record = StarterRecord.Choose(sample.Sinks.Values.Single().Batches.SelectMany(JsonRows.Write));
        var folder = target == "-" ? Environment.CurrentDirectory : Path.GetDirectoryName(Path.GetFullPath(target))!;
        return new StarterFile(name, Path.GetRelativePath(folder, Path.GetFullPath(path)), source, record).Write();
    }
}
