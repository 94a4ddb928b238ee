using System.Globalization;
using System.Text;
using DataMesh.Hosting.Simulation.Trials;

namespace DataMesh.TestSimulator;

/// <summary>The pipelines that seeds are tried on: together they pass every step of the commit protocol.</summary>
internal static class Scenes
{
    public static IReadOnlyList<Scene> All { get; } =
    [
        new("kept",
            """
            pipeline: kept
            source: in/*.csv
            stages:
              - { id: known, validate: { k: k <> 13 } }
              - { id: once, deduplicate: { keys: [k], on_full: forget_oldest, memory: 8KB } }
              - id: hours
                from: known
                aggregate:
                  group_by: [g]
                  aggregates: { n: count(*), total: sum(k), kinds: count(distinct k) }
                  window: { on: at, tumbling: 1h, lateness: 10m }
            datasets:
              - { name: once, from: once }
              - { name: hours, from: hours }
            epoch: { bytes: 1KB }
            """,
            folder => Files(folder, 14, KeyedRows)),
        new("tasks",
            """
            pipeline: tasks
            source: in/*.csv
            stages:
              - derive: { double: k * 2 }
              - validate: { k: k <> 7 }
            dataset: { name: tasks, partition_by: [g] }
            parallelism: 3
            epoch: { bytes: 2KB }
            """,
            folder => Files(folder, 9, KeyedRows)),
        new("upsert",
            """
            pipeline: upsert
            source: in/*.csv
            dataset: { name: upsert, mode: upsert, key: [k] }
            epoch: { bytes: 1KB }
            """,
            folder => Files(folder, 6, KeyedRows)),
        new("wider",
            """
            pipeline: wider
            source: in/*.csv
            stages:
              - { id: once, deduplicate: [k] }
            dataset: wider
            epoch: { bytes: 1KB }
            """,
            folder => Files(folder, 6, file => WideRows(file, file == 4))),
        new("retyped",
            """
            pipeline: retyped
            source: in/*.csv
            drift: { structural: evolve, overrides: { type_changed: rewrite } }
            dataset: retyped
            epoch: { bytes: 1KB }
            """,
            folder => Files(folder, 3, file => WideRows(file, false)))
        {
            FillMore = folder => Write(folder, 9, WideRows(9, true)),
        },
        new("blocks",
            """
            pipeline: blocks
            source: in/*.csv
            stages:
              - filter: k <> 3
            dataset: blocks
            epoch: { bytes: 2KB }
            """,
            folder => Files(folder, 2, file => KeyedRows(file) + string.Join('\n', KeyedRows(file + 20).Split('\n')[1..])))
        {
            BlockBytes = 1024,
        },
        new("texts",
            """
            pipeline: texts
            source: in/*.csv
            stages:
              - { id: known, validate: { k: k <> 13 } }
              - { id: few, filter: k > 20 }
            sinks:
              - { id: all, from: known, type: file, path: out/all.csv, mode: append }
              - { id: some, from: few, type: file, path: out/some.ndjson.gz, mode: append }
            parallelism: 2
            epoch: { bytes: 1KB }
            """,
            folder => Files(folder, 6, KeyedRows))
        {
            FillMore = folder => Write(folder, 9, KeyedRows(9)),
        },
        new("replaced",
            """
            pipeline: replaced
            source: in/*.csv
            sink: { type: file, path: out/rows.ndjson }
            """,
            folder => Files(folder, 4, KeyedRows)),
    ];

    private static void Files(string folder, int count, Func<int, string> rows)
    {
        for (var file = 0; file < count; file++) Write(folder, file, rows(file));
    }

    private static void Write(string folder, int file, string rows)
    {
        Directory.CreateDirectory(Path.Combine(folder, "in"));
        File.WriteAllText(Path.Combine(folder, "in", string.Create(CultureInfo.InvariantCulture, $"{file:D2}.csv")), rows);
    }

    private static string KeyedRows(int file)
    {
        var random = new Random(file);
        var text = new StringBuilder("k,g,at\n");
        for (var i = 0; i < 40; i++)
        {
            var at = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(file * 1200 + i * 20 + random.Next(-1800, 60));
            text.Append(CultureInfo.InvariantCulture, $"{file * 20 + random.Next(80)},{(char)('a' + random.Next(3))},{at:yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
        }

        return text.ToString();
    }

    private static string WideRows(int file, bool isWide)
    {
        var text = new StringBuilder("k,v\n");
        for (var i = 0; i < 60; i++) text.Append(CultureInfo.InvariantCulture, $"{(file * 50) + i},{(isWide && i == 40 ? "wide" : "7")}\n");
        return text.ToString();
    }
}
