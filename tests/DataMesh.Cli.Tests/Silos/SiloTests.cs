using System.Net;
using System.Text;
using DataMesh.Cli.Tests.Crash;

namespace DataMesh.Cli.Tests.Silos;

/// <summary>Real silos with real pipelines: submitted, looked at, paused, killed, started again.</summary>
public sealed class SiloTests
{
    [Fact]
    public void A_submitted_pipeline_makes_the_same_tables_as_a_run()
    {
        using var folder = new CrashFolder();
        using var silo = SiloProcess.Start(folder.Root);
        var done = silo.Do("submit", "p.yaml", "--wait", "--json").Json;
        Assert.Equal(("orders", "done", 1L), (done.GetProperty("name").GetString(), done.GetProperty("phase").GetString(), done.GetProperty("version").GetInt64()));
        Undisturbed.AssertSame(folder);
        Assert.Equal(0L, done.GetProperty("backlog_bytes").GetInt64());
        Assert.True(done.GetProperty("counts").GetProperty("rows_read").GetInt64() > 20_000, done.ToString());
        var logs = silo.Do("logs", "orders").Output;
        Assert.Contains("version 1 is submitted", logs, StringComparison.Ordinal);
        Assert.Contains("epoch 0 is committed", logs, StringComparison.Ordinal);
        Assert.Contains("done: everything that was there is committed", logs, StringComparison.Ordinal);
        Assert.Contains("orders", silo.Do("list").Output, StringComparison.Ordinal);
        Assert.Contains("embedded: 1 silo", silo.Do("top", "--count", "1").Output, StringComparison.Ordinal);
        Assert.Equal(1, silo.Do("cluster", "--json").Json.GetProperty("silos").GetArrayLength());
        Assert.Equal(0, silo.Terminate());
    }

    [Fact]
    public void Two_pipelines_run_at_once_and_each_is_known_by_its_name()
    {
        using var folder = new CrashFolder();
        File.WriteAllText(Path.Combine(folder.Root, "q.yaml"), "pipeline: copies\nsource: day*.csv\nepoch: { bytes: 100kB }\ndataset: { name: copies, path: lake/copies }\n");
        using var silo = SiloProcess.Start(folder.Root);
        silo.Do("submit", "p.yaml");
        silo.Do("submit", "q.yaml");
        silo.AwaitPhase("orders", "done");
        silo.AwaitPhase("copies", "done");
        Undisturbed.AssertSame(folder);
        Assert.Equal(CrashFolder.Files * 4_000, TableContents.Read(Path.Combine(folder.Root, "lake", "copies")).Rows.Count);
        var names = silo.Do("list", "--json").Json.GetProperty("pipelines").EnumerateArray().Select(each => each.GetProperty("name").GetString());
        Assert.Equal(["copies", "orders"], names);
    }

    [Fact]
    public void A_pipeline_goes_on_after_its_silo_was_killed_as_if_nothing_had_happened()
    {
        using var folder = new CrashFolder();
        using (var first = SiloProcess.Start(folder.Root, [("DATAMESH_CRASH_AT", "complete.end:3")]))
        {
            first.Do("submit", "p.yaml");
            first.AwaitEnd();
        }

        Assert.NotEqual(Undisturbed.Tables[0].Rows, folder.Tables[0].Rows);
        using var second = SiloProcess.Start(folder.Root);
        second.AwaitPhase("orders", "done");
        Undisturbed.AssertSame(folder);
        Assert.Contains("it goes on from the last committed epoch", second.Do("logs", "orders").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_silo_that_is_terminated_commits_what_it_has_read_and_the_next_one_goes_on()
    {
        using var folder = new CrashFolder(Undisturbed.SmallEpochs);
        var gate = new Gate(folder.Root, "complete.end:2");
        using (var first = SiloProcess.Start(folder.Root, gate.Environment))
        {
            first.Do("submit", "p.yaml");
            first.Await("orders", status => status.EpochsCommitted >= 1);
            Assert.Equal(0, first.Terminate(gate));
        }

        using var second = SiloProcess.Start(folder.Root);
        second.AwaitPhase("orders", "done");
        Undisturbed.AssertSame(folder);
    }

    [Fact]
    public async Task A_paused_pipeline_stands_still_also_over_a_restart_of_its_silo_and_goes_on_when_resumed()
    {
        using var folder = new CrashFolder(Undisturbed.SmallEpochs);
        var gate = new Gate(folder.Root, "complete.end:2");
        using (var first = SiloProcess.Start(folder.Root, gate.Environment))
        {
            first.Do("submit", "p.yaml");
            first.Await("orders", status => status.EpochsCommitted >= 1);
            Assert.Equal("paused", (await first.Client.AskAsync("orders", "pause")).Desired);
            gate.Open();
            first.AwaitPhase("orders", "paused");
            first.Kill();
        }

        var rows = folder.Tables[0].Rows.Count;
        using var second = SiloProcess.Start(folder.Root);
        Assert.Equal("paused", second.Do("status", "orders", "--json").Json.GetProperty("phase").GetString());
        Assert.Equal(rows, folder.Tables[0].Rows.Count);
        second.Do("resume", "orders");
        second.AwaitPhase("orders", "done");
        Undisturbed.AssertSame(folder);
    }

    [Fact]
    public void A_stopped_pipeline_is_ended_and_a_restart_goes_on_from_what_is_committed()
    {
        using var folder = new CrashFolder();
        using var silo = SiloProcess.Start(folder.Root);
        silo.Do("submit", "p.yaml");
        silo.Do("stop", "orders", "--wait");
        var refused = silo.Ask("resume", "orders");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("'datamesh restart' runs it again", refused.Error, StringComparison.Ordinal);
        silo.Do("restart", "orders");
        silo.Await("orders", status => status is { IsStopping: false, Phase: "done" or "nothing_new" });
        Undisturbed.AssertSame(folder);
    }

    [Fact]
    public void A_removed_pipeline_is_forgotten_and_its_tables_stay_and_it_goes_on_from_them_when_it_comes_again()
    {
        using var folder = new CrashFolder($"{CrashFolder.Pipeline}\ntrigger: continuous\n");
        using var silo = SiloProcess.Start(folder.Root);
        silo.Do("submit", "p.yaml");
        silo.AwaitPhase("orders", "waiting");
        var refused = silo.Ask("remove", "orders");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("'datamesh remove orders --stop'", refused.Error, StringComparison.Ordinal);
        var removed = silo.Do("remove", "orders", "--stop").Output;
        Assert.Contains("orders is removed", removed, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder.Root, "lake", "large"), removed, StringComparison.Ordinal);
        Assert.Empty(silo.Do("list", "--json").Json.GetProperty("pipelines").EnumerateArray());
        Assert.Equal(1, silo.Ask("logs", "orders").ExitCode);
        Assert.Equal(1, silo.Ask("remove", "orders").ExitCode);
        Undisturbed.AssertSame(folder);
        silo.Do("submit", "p.yaml");
        Assert.Equal(1, silo.AwaitPhase("orders", "waiting").Version);
        Undisturbed.AssertSame(folder);
    }

    [Fact]
    public void Top_fits_the_terminal_however_narrow_and_low_it_is()
    {
        using var folder = new CrashFolder();
        using var silo = SiloProcess.Start(folder.Root);
        var text = File.ReadAllText(Path.Combine(folder.Root, "p.yaml"));
        foreach (var name in Enumerable.Range(0, 9).Select(i => $"{i}_orders_with_a_name_that_is_long"))
        {
            File.WriteAllText(Path.Combine(folder.Root, "q.yaml"), text.Replace("pipeline: orders", $"pipeline: {name}", StringComparison.Ordinal));
            silo.Do("submit", "q.yaml", "--paused");
        }

        var program = Path.Combine(AppContext.BaseDirectory, "datamesh.dll");
        var start = new System.Diagnostics.ProcessStartInfo("script", ["-qec", $"stty cols 60 rows 10; TERM=xterm dotnet '{program}' top --count 1 --silo {silo.Address}", "/dev/null"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using var terminal = System.Diagnostics.Process.Start(start)!;
        var drawn = System.Text.RegularExpressions.Regex.Replace(terminal.StandardOutput.ReadToEnd(), "\\e(\\[[0-9;?]*[a-zA-Z]|[=>])", "").ReplaceLineEndings("\n");
        var seen = drawn[(drawn.LastIndexOf("  embedded: ", StringComparison.Ordinal) - 8)..].Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).ToList();
        Assert.All(seen, line => Assert.InRange(line.Length, 1, 59));
        Assert.InRange(seen.Count, 5, 9);
        Assert.Contains("paused", seen[3], StringComparison.Ordinal);
        Assert.Contains("pipelines more", seen[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_version_of_a_running_pipeline_takes_over_at_a_barrier()
    {
        using var folder = new CrashFolder("pipeline: days\nsource: day*.csv\nepoch: { bytes: 100kB }\ntrigger: continuous\ndataset: { name: days, path: lake/days }\n");
        using var silo = SiloProcess.Start(folder.Root);
        silo.Do("submit", "p.yaml");
        silo.AwaitPhase("days", "waiting");
        File.AppendAllText(Path.Combine(folder.Root, "p.yaml"), "stages:\n  - filter: order_id >= 0\n");
        silo.Do("submit", "p.yaml");
        var status = silo.Await("days", each => each is { Version: 2, Phase: "waiting" });
        Assert.Equal("continuous", status.Trigger);
        Assert.Equal(CrashFolder.Files * 4_000, TableContents.Read(Path.Combine(folder.Root, "lake", "days")).Rows.Count);
        Assert.Equal(0, silo.Terminate());
    }

    [Fact]
    public void Bad_input_is_refused_with_an_error_and_a_hint()
    {
        using var folder = new TemporaryFolder().WithPeople();
        using var silo = SiloProcess.Start(folder.Root);
        folder.Write("bad.yaml", "pipeline: bad\nsource: people.csv\nstages:\n  - fliter: age > 1\ndataset: { name: bad, path: lake/bad }\n");
        var bad = silo.Ask("submit", "bad.yaml", "--json");
        Assert.Equal(2, bad.ExitCode);
        Assert.Contains("bad.yaml:4", bad.Error, StringComparison.Ordinal);
        Assert.Contains("filter", bad.Json.GetProperty("problems")[0].GetProperty("hint").GetString(), StringComparison.Ordinal);
        silo.Do("submit", "p.yaml", "--paused");
        Assert.Contains("did you mean 'people'?", silo.Ask("status", "peple").Error, StringComparison.Ordinal);
        Assert.Equal(1, silo.Ask("scale", "people", "0").ExitCode);
        Directory.CreateDirectory(Path.Combine(folder.Root, "other"));
        File.Copy(Path.Combine(folder.Root, "p.yaml"), Path.Combine(folder.Root, "other", "p.yaml"));
        Assert.Contains("--replace", silo.Ask("submit", "other/p.yaml").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_that_fails_says_why_in_status_and_logs()
    {
        using var folder = new TemporaryFolder();
        folder.Write("p.yaml", "pipeline: lost\nsource: nothing-there.csv\ndataset: { name: lost, path: lake/lost }\n");
        using var silo = SiloProcess.Start(folder.Root);
        Assert.Equal(1, silo.Ask("submit", "p.yaml", "--wait").ExitCode);
        Assert.Contains("nothing-there.csv", silo.Do("status", "lost", "--json").Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("nothing-there.csv", silo.Do("logs", "lost").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_silo_the_verbs_say_so()
    {
        var result = DatameshProcess.Run(".", "list", "--silo", "http://127.0.0.1:1", "--json");
        Assert.Equal(6, result.ExitCode);
        Assert.Contains("No silo answers at http://127.0.0.1:1.", result.Error, StringComparison.Ordinal);
        Assert.Contains("datamesh silo", result.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_silo_that_is_reached_from_elsewhere_needs_a_secret()
    {
        using var folder = new TemporaryFolder();
        var open = DatameshProcess.Run(folder.Root, "silo", "--listen", "0.0.0.0:0");
        Assert.Equal(1, open.ExitCode);
        Assert.Contains("needs a secret", open.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_with_a_secret_answers_only_who_knows_it()
    {
        using var folder = new TemporaryFolder();
        folder.Write("secret", "0123456789abcdef0123456789abcdef\n");
        folder.Write("other", "another-secret-that-is-long-enough\n");
        using var silo = SiloProcess.Start(folder.Root, null, "--secret-file", "secret");
        Assert.Contains("secret is missing or wrong", silo.Ask("list").Error, StringComparison.Ordinal);
        Assert.Contains("secret is missing or wrong", silo.Ask("list", "--secret-file", "other").Error, StringComparison.Ordinal);
        Assert.Contains("No pipelines yet", silo.Do("list", "--secret-file", "secret").Output, StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = new Uri(silo.Address) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("metrics")).StatusCode);
        Assert.Equal("ready\n", await http.GetStringAsync("health/ready"));
        Assert.Equal(0, silo.Terminate());
        Assert.Contains("refused GET /v1/pipelines", silo.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_answers_errors_as_problems_and_metrics_as_prometheus_reads_them()
    {
        using var folder = new TemporaryFolder().WithPeople();
        using var silo = SiloProcess.Start(folder.Root);
        silo.Do("submit", "p.yaml", "--wait");
        using var http = new HttpClient { BaseAddress = new Uri(silo.Address) };
        var unknown = await http.GetAsync("v1/pipelines/nobody");
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (unknown.StatusCode, unknown.Content.Headers.ContentType!.MediaType));
        using var garbled = new StringContent("{\"text\": 1", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("v1/pipelines", garbled)).StatusCode);
        using var plain = new StringContent("{}", Encoding.UTF8, "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await http.PostAsync("v1/pipelines", plain)).StatusCode);
        using var huge = new StringContent($"{{\"text\":\"{new string('x', 9 << 20)}\",\"folder\":\"/\"}}", Encoding.UTF8, "application/json");
        using var oversized = new HttpRequestMessage(HttpMethod.Post, "v1/pipelines") { Content = huge, Headers = { ExpectContinue = true } };
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await http.SendAsync(oversized)).StatusCode);
        using var page = new HttpRequestMessage(HttpMethod.Get, "v1/pipelines") { Headers = { { "Origin", "https://example.org" } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(page)).StatusCode);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "v1/pipelines") { Headers = { Host = "example.org" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(rebound)).StatusCode);
        var metrics = await http.GetStringAsync("metrics");
        Assert.Contains("datamesh_rows_in_total{pipeline=\"people\"} 4\n", metrics, StringComparison.Ordinal);
        Assert.Contains("datamesh_quarantined_total{pipeline=\"people\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("# TYPE process_cpu_seconds_total counter\n", metrics, StringComparison.Ordinal);
        Assert.Equal("alive\n", await http.GetStringAsync("health/live"));
    }
}
