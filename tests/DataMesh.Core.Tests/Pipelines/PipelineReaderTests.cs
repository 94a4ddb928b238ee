using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Core.Tests.Components;

namespace DataMesh.Core.Tests.Pipelines;

public class PipelineReaderTests
{
    private const string Ends = "pipeline: p\nsource: a.csv\ndataset: { name: d, path: lake/d }\n";

    [Fact]
    public void Line_runs_from_source_over_stages_to_dataset()
    {
        var pipeline = Read(Ends + "stages:\n  - filter: a > 1\n  - distinct\n  - filter: b > 1\n");
        Assert.Equal(["filter", "distinct", "filter_2"], pipeline.Stages.Select(stage => stage.Id));
        Assert.Equal(new NodeOutput("source"), pipeline.Stages[0].Inputs[0]);
        Assert.Equal(new NodeOutput("distinct"), pipeline.Stages[2].Inputs[0]);
        Assert.Equal(new NodeOutput("filter_2"), pipeline.Sinks[0].Input);
        Assert.Equal(("d", "dataset"), (pipeline.Sinks[0].Id, pipeline.Sinks[0].Type));
        Assert.Equal(("p", TriggerKind.Once), (pipeline.Name, pipeline.Trigger.Kind));
    }

    [Fact]
    public void Without_stages_the_source_is_the_dataset() => Assert.Equal(new NodeOutput("source"), Read(Ends).Sinks[0].Input);

    [Fact]
    public void Route_union_and_several_ends_make_a_graph()
    {
        var pipeline = Read("""
            pipeline: p
            sources:
              old: a.csv
              new: { type: file, path: b.csv }
            stages:
              - union:
                from: [old, new]
              - route: { major: a > 1, minor: a <= 1 }
                id: split
              - { type: filter, id: late, from: split.minor, where: b > 1 }
            datasets:
              major: { name: major, path: lake/major, from: split.major }
              minor: { name: minor, path: lake/minor }
            sinks:
              - { type: file, id: copy, path: out.csv, from: late }
            """);
        Assert.Equal([new NodeOutput("old"), new NodeOutput("new")], pipeline.Stages[0].Inputs);
        Assert.Equal(new NodeOutput("split", 1), pipeline.Stages[2].Inputs[0]);
        Assert.Equal(new NodeOutput("split"), pipeline.Sinks[0].Input);
        Assert.Equal(new NodeOutput("late"), pipeline.Sinks[1].Input);
        Assert.Equal("copy", pipeline.Sinks[2].Id);
    }

    [Fact]
    public void Stages_stand_after_what_they_read()
    {
        var pipeline = Read(Ends + "stages:\n  - filter: a > 1\n    id: second\n    from: first\n  - distinct:\n    id: first\n    from: source\n  - filter: b\n    from: second\n");
        Assert.Equal(["first", "second", "filter"], pipeline.Stages.Select(stage => stage.Id));
    }

    [Fact]
    public void Unread_output_of_a_route_is_a_warning()
    {
        var reading = PipelineReader.ReadText("pipeline: p\nsource: a\nstages:\n  - route: { x: a, y: b }\ndataset: { name: d, path: d, from: route.x }\n", "p.yaml", SampleComponents.Catalog);
        Assert.NotNull(reading.Definition);
        var warning = Assert.Single(reading.Problems);
        Assert.Equal(ProblemSeverity.Warning, warning.Severity);
        Assert.Contains("'route.y'", warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("once", TriggerKind.Once, 0, null)]
    [InlineData("continuous", TriggerKind.Continuous, 0, null)]
    [InlineData("every 5m", TriggerKind.Every, 300, null)]
    [InlineData("{ every: 30s }", TriggerKind.Every, 30, null)]
    [InlineData("cron '0 3 * * *'", TriggerKind.Cron, 0, "0 3 * * *")]
    [InlineData("{ cron: '*/5 0-6 1,15 * MON-FRI' }", TriggerKind.Cron, 0, "*/5 0-6 1,15 * MON-FRI")]
    public void Triggers(string text, TriggerKind kind, int seconds, string? cron) =>
        Assert.Equal(new Trigger(kind, TimeSpan.FromSeconds(seconds), cron), Read($"{Ends}trigger: {text}\n").Trigger);

    [Fact]
    public void Drift_policy_binds()
    {
        var drift = Read(Ends + "drift: { structural: quarantine, overrides: { column_removed: fail } }\n").Drift;
        Assert.Equal((DriftAction.Quarantine, DriftAction.Fail, null), (drift.Structural, drift.Overrides.ColumnRemoved, drift.Overrides.ColumnAdded));
        Assert.Equal(DriftAction.Fail, Read(Ends + "drift: fail\n").Drift.Structural);
    }

    [Fact]
    public void Tests_keep_the_types_of_values()
    {
        var test = Read(Ends + """
            tests:
              - name: keeps types
                input: [ { a: 1, b: -2.5e3, c: "1", d: ~, e: true, f: 007, g: [1, x], h: { i: .5 } } ]
                output: []
                quarantined: 2
            """).Tests[0];
        Assert.Equal("""{"a":1,"b":-2.5e3,"c":"1","d":null,"e":true,"f":"007","g":[1,"x"],"h":{"i":".5"}}""", test.Input[0]);
        Assert.Equal((0, 2, true), (test.Output.Count, test.Quarantined, test.ChecksOutput));
    }

    [Fact]
    public void Environment_and_defaults_fill_references()
    {
        var pipeline = Read(Ends + "env: { OWNER: nobody }\nowner: ${OWNER}\ndescription: ${GREETING} ${MISSING:-you} $${x}\n");
        Assert.Equal(("nobody", "hello you ${x}"), (pipeline.Owner, pipeline.Description));
    }

    [Fact]
    public void Secrets_come_from_files()
    {
        var folder = Directory.CreateTempSubdirectory("datamesh-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "salt"), "s3cret\n");
            var file = Path.Combine(folder.FullName, "p.yaml");
            File.WriteAllText(file, Ends + "owner: ${secret:file/salt}\n");
            Assert.Equal("s3cret", PipelineReader.Read(file, SampleComponents.Catalog).Owner);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Anchors_and_merge_keys_work()
    {
        var pipeline = Read("x: &where a > 1\n".Replace("x:", "description:", StringComparison.Ordinal) + Ends + "stages:\n  - filter: *where\n");
        Assert.Equal("a > 1", ((SampleFilter)pipeline.Stages[0].Stage).Where!.Text);
    }

    [Fact]
    public void Unfolding_aliases_are_refused()
    {
        var bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i =>
            $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(", ", Enumerable.Repeat($"*{(char)('a' + i - 1)}", 9))}]\n"));
        var problem = Assert.Single(PipelineReader.ReadText(bomb, "p.yaml", SampleComponents.Catalog).Problems);
        Assert.Contains("unfold", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var problem = Assert.Single(PipelineReader.ReadText("a: " + new string('[', 100_000), "p.yaml", SampleComponents.Catalog).Problems);
        Assert.Contains("nested deeper", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_file_names_the_nearest()
    {
        var error = Assert.Throws<DataMeshException>(() => PipelineReader.Read(Path.Combine(SourceTree.Root, "READM.md"), SampleComponents.Catalog));
        Assert.StartsWith("There is no file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_throws_all_errors_at_once()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "pipeline: p\nsorce: a\n");
            var error = Assert.Throws<DataMeshException>(() => PipelineReader.Read(file, SampleComponents.Catalog));
            Assert.Contains("more:", error.Detail, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static PipelineDefinition Read(string yaml)
    {
        var reading = PipelineReader.ReadText(yaml, "p.yaml", SampleComponents.Catalog, name => name == "GREETING" ? "hello" : null);
        return reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems.Select(problem => problem.Render())));
    }
}
