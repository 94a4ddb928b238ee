using System.CommandLine;
using System.Text.Json;
using DataMesh.Cli.Output;
using DataMesh.Cli.Sampling;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

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
        if (record is not null) record = record with { Kept = await KeptAsync(definition, source.Schema, record, cancellation) };
        var folder = target == "-" ? Environment.CurrentDirectory : Path.GetDirectoryName(Path.GetFullPath(target))!;
        return new StarterFile(name, Path.GetRelativePath(folder, Path.GetFullPath(path)), source, record).Write();
    }

    /// <summary>
    /// The members that a test can expect. A column with objects in one record and numbers in another is JSON text as a whole: what is nested in it comes out
    /// under no name of its own.
    /// </summary>
    private static async Task<IReadOnlySet<string>> KeptAsync(PipelineDefinition definition, Schema schema, StarterRecord record, CancellationToken cancellation)
    {
        string[] rows = [ToRow(record.Members)];
        var source = definition.Sources[0] with { Source = new RowsSource(rows, TestSchema.Of(schema, rows)) };
        using var result = await new SampleRun(Cutout.WithSources(definition, [source]), Composition.ContextOf(definition), cancellation).RunAsync();
        var came = result.Sinks.Values.Single().Batches.SelectMany(JsonRows.Write).FirstOrDefault() ?? "{}";
        return record.Members.Where(member => JsonRowComparer.Differences(ToRow([member]), came, namedOnly: true).Count == 0).Select(member => member.Name).ToHashSet();
    }

    private static string ToRow(IEnumerable<(string Name, string Json)> members) =>
        $"{{{string.Join(',', members.Select(member => $"{JsonSerializer.Serialize(member.Name)}:{member.Json}"))}}}";
}
