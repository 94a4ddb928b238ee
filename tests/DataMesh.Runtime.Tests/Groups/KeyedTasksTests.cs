using System.Globalization;
using System.Text;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Tests.Runs;

namespace DataMesh.Runtime.Tests.Groups;

/// <summary>Pipelines whose stages need the rows of a key in one place: what comes out does not depend on the number of tasks.</summary>
public sealed class KeyedTasksTests
{
    private static readonly string Aggregates = """
        { rows: count(*), some: count(x), odd: count_if(n % 2 = 1), total: sum(x), whole: sum(n), mean: avg(x), low: min(x), high: max(city), any: any_value(k), dev: stddev(x),
          vp: var_pop(x), about: approx_distinct(n), exact: count_distinct(n % 17), q: 'quantile(x, 0.9)', middle: median(n), all: bool_and(n >= 0), one: bool_or(n = 77),
          begin: first(n), end: last(city), newest: last(n order by x), oldest: first(x order by n desc), held: last(x) filter (where n % 5 = 0) }
        """.ReplaceLineEndings(" ");

    private static readonly string[] Stages =
    [
        $"  - aggregate: {{ group_by: [k, city], aggregates: {Aggregates} }}",
        $"  - aggregate: {{ group_by: ['n / 50 as lot'], aggregates: {Aggregates} }}",
        $"  - aggregate: {{ aggregates: {Aggregates} }}",
        "  - deduplicate: [k]",
        "  - deduplicate: { keys: [k, city], keep: last }",
        "  - deduplicate: { keys: [x] }",
        "  - fill: { x: { previous: true } }",
        "  - fill: { x: { previous: true, by: [city] } }",
        "  - profile: [n, x]",
        "  - deduplicate: [k]\n  - derive: { twice: n * 2 }\n  - aggregate: { group_by: [city], aggregates: { rows: count(*), total: sum(twice), begin: first(n) } }",
        "  - aggregate: { group_by: [city], aggregates: { rows: count(*) }, window: { on: cast(at as timestamp), tumbling: 10m } }",
        "  - aggregate: { group_by: [k], aggregates: { rows: count(*), begin: first(n) }, window: { on: cast(at as timestamp), sliding: { size: 20m, every: 10m }, lateness: 5m } }",
        "  - aggregate: { group_by: [city], aggregates: { rows: count(*), end: last(n) }, window: { on: cast(at as timestamp), session: 3m, lateness: 1m } }",
    ];

    public static TheoryData<string, int> Shapes(int first, int second)
    {
        var data = new TheoryData<string, int>();
        foreach (var stages in Stages)
            foreach (var tasks in new[] { first, second }.Distinct()) data.Add(stages, tasks);
        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes), 2, 5)]
    public async Task The_rows_are_the_same_with_any_number_of_tasks(string stages, int tasks)
    {
        using var alone = new Input();
        using var several = new Input();
        var expected = await alone.DoneAsync(stages, 1);
        var result = await several.DoneAsync(stages, tasks);
        Assert.Equal(alone.Rows(), several.Rows());
        Assert.Equal(expected.Stages, result.Stages);
        Assert.Equal(expected.Quarantine, result.Quarantine);
        Assert.Equal(expected.BytesRead, result.BytesRead);
        Assert.DoesNotContain(result.Messages, message => message.Contains("as one task", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Shapes), 3, 3)]
    public async Task The_rows_are_the_same_however_often_an_epoch_ends(string stages, int tasks)
    {
        using var alone = new Input();
        using var several = new Input();
        await alone.DoneAsync(stages, 1);
        await several.DoneAsync(stages, tasks, new RunOptions { EpochBytes = 40_000 });
        Assert.Equal(alone.Rows(), several.Rows());
    }

    [Theory]
    [MemberData(nameof(Shapes), 5, 5)]
    public async Task Another_process_with_another_number_of_tasks_goes_on(string stages, int tasks)
    {
        using var alone = new Input();
        using var several = new Input();
        await alone.DoneAsync(stages, 1);
        foreach (var first in new[] { tasks, 3, 1, 4 })
        {
            using var stop = new CancellationTokenSource();
            var definition = several.Define(stages, first);
            definition = definition with { Sources = [.. definition.Sources.Select(node => node with { Source = new StopsAfterOpening(node.Source, first + 1, stop) })] };
            await RunFolder.RunAsync(definition, new RunOptions { EpochBytes = 60_000 }, stop.Token);
            await TasksFolder.AuditAsync(definition);
            several.Folder.ForgetState();
        }

        await RunFolder.RunAsync(several.Define(stages, tasks), null, default);
        await TasksFolder.AuditAsync(several.Define(stages, tasks));
        Assert.Equal(alone.Rows(), several.Rows());
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(5, false)]
    [InlineData(3, true)]
    public async Task Rows_replace_those_with_the_same_key_as_one_task_would_have_it(int tasks, bool inManyEpochs)
    {
        const string Sink = "dataset: { name: t, mode: upsert, key: [k], delete_when: n % 11 = 3 }";
        using var alone = new Input();
        using var several = new Input();
        var expected = await alone.DoneAsync("  - filter: k is not null", 1, sink: Sink);
        var result = await several.DoneAsync("  - filter: k is not null", tasks, inManyEpochs ? new RunOptions { EpochBytes = 40_000 } : null, Sink);
        Assert.Equal(alone.Rows(), several.Rows());
        Assert.Equal(inManyEpochs, result.Epochs > expected.Epochs);
    }

    [Theory]
    [InlineData("\n  - deduplicate: [twice, city]", "evolve")]
    [InlineData("\n  - deduplicate: [twice, city]", "quarantine")]
    [InlineData("\n  - aggregate: { group_by: ['n % 1000 as lot', v], aggregates: { rows: count(*), total: sum(v), begin: first(note) } }", "evolve")]
    [InlineData("\n  - aggregate: { group_by: ['n % 1000 as lot', v], aggregates: { rows: count(*), total: sum(v), begin: first(note) } }", "ignore")]
    public async Task An_epoch_that_begins_again_and_a_task_that_fails_change_nothing(string keyed, string drift)
    {
        using var alone = new TasksFolder();
        using var several = new TasksFolder();
        await TasksFolder.DoneAsync(alone.Folder.Define(TasksFolder.Yaml(1, drift, keyed)));
        var definition = several.Folder.Define(TasksFolder.Yaml(3, drift, keyed));
        var failing = new FailsOnce(definition.Sources[0].Source, "07.csv");
        await TasksFolder.DoneAsync(definition with { Sources = [definition.Sources[0] with { Source = failing }] }, new RunOptions { EpochBytes = 500_000 });
        Assert.True(failing.HasFailed);
        Assert.Equal(alone.Rows(), several.Rows());
    }

    [Theory]
    [InlineData(2, 100_000_000)]
    [InlineData(5, 100_000_000)]
    [InlineData(3, 40_000)]
    public async Task The_first_rows_are_those_that_one_task_would_let_through(int tasks, long epochBytes)
    {
        using var alone = new Input();
        using var several = new Input();
        await alone.DoneAsync("  - limit: 2500", 1);
        var result = await several.DoneAsync("  - limit: 2500", tasks, new RunOptions { EpochBytes = epochBytes });
        Assert.Equal(alone.Rows(), several.Rows());
        Assert.Equal(2_500, result.Targets.Single().Rows);
    }

    [Theory]
    [InlineData("  - filter: x > 100", 2, 100_000_000)]
    [InlineData("  - filter: x > 100", 5, 40_000)]
    [InlineData("  - deduplicate: [city, k]", 3, 40_000)]
    [InlineData("  - aggregate: { group_by: [k], aggregates: { total: sum(n), middle: median(x) } }", 5, 100_000_000)]
    public async Task A_file_is_written_in_the_order_of_the_source_by_one_of_the_tasks(string stages, int tasks, long epochBytes)
    {
        const string Sink = "sink: { type: file, path: out.csv }";
        using var alone = new Input();
        using var several = new Input();
        await alone.DoneAsync(stages, 1, sink: Sink);
        await several.DoneAsync(stages, tasks, new RunOptions { EpochBytes = epochBytes }, Sink);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(alone.Folder.Root, "out.csv")), await File.ReadAllTextAsync(Path.Combine(several.Folder.Root, "out.csv")));
    }

    private sealed class Input : IDisposable
    {
        public Input()
        {
            for (var file = 0; file < 9; file++) Folder.Write($"in/{file:D2}.csv", Text(file));
        }

        public RunFolder Folder { get; } = new();

        public PipelineDefinition Define(string stages, int tasks, string? sink = null) =>
            Folder.Define($"pipeline: p\nsource: in/*.csv\nparallelism: {tasks}\nstages:\n{stages}\n{sink ?? "dataset: { name: t }"}");

        public Task<RunResult> DoneAsync(string stages, int tasks, RunOptions? options = null, string? sink = null) => TasksFolder.DoneAsync(Define(stages, tasks, sink), options);

        public IReadOnlyList<string> Rows() => [.. Folder.Rows("t").Order(StringComparer.Ordinal)];

        public void Dispose() => Folder.Dispose();

        private static string Text(int file)
        {
            var text = new StringBuilder("n,k,city,x,at\n");
            var random = new Random(file);
            for (var i = 0; i < (file == 2 ? 4_000 : 400); i++)
            {
                var n = file * 5_000 + i;
                var x = random.Next(7) == 0 ? "" : (random.Next(40_000) / 64.0).ToString(CultureInfo.InvariantCulture);
                var at = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(n * 2 - (random.Next(9) == 0 ? random.Next(900) : 0));
                text.Append(CultureInfo.InvariantCulture, $"{n},{(random.Next(20) == 0 ? "" : $"key {random.Next(300)}")},{(n % 3 == 0 ? "Oslo" : "Rome")},{x},{at:yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
            }

            return text.ToString();
        }
    }
}
