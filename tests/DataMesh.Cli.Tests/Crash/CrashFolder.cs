using System.Globalization;
using System.Text;

namespace DataMesh.Cli.Tests.Crash;

/// <summary>
/// A folder with input and a pipeline that has everything at once: several files, several epochs, bad records of several kinds, two datasets from one
/// prepared record, and a stage that remembers keys. The input is the same for every folder.
/// </summary>
internal sealed class CrashFolder : IDisposable
{
    public const int Files = 6;
    private const int RowsPerFile = 4_000;

    public CrashFolder(string? pipeline = null)
    {
        for (var file = 0; file < Files; file++) File.WriteAllText(Path.Combine(Root, $"day{file}.csv"), Input(file));
        File.WriteAllText(Path.Combine(Root, "p.yaml"), pipeline ?? Pipeline);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("datamesh-crash-").FullName;

    /// <summary>Epochs of 200 kB: about two for every file.</summary>
    public static string Pipeline { get; } = """
        pipeline: orders
        source: day*.csv
        epoch: { bytes: 100kB }
        stages:
          - validate: { amount: between 0 and 900 }
          - deduplicate: [order_id]
          - route: { large: amount >= 450, small: amount < 450 }
            id: size
        datasets:
          - { name: large, path: lake/large, from: size.large, properties: { delta.checkpointInterval: '4' } }
          - { name: small, path: lake/small, from: size.small, partition_by: [city] }

        """;

    public IReadOnlyList<TableContents> Tables => [.. new[] { "large", "small" }.Select(name => TableContents.Read(Path.Combine(Root, "lake", name)))];

    public void ForgetState()
    {
        var state = Path.Combine(Root, ".datamesh");
        if (Directory.Exists(state)) Directory.Delete(state, recursive: true);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string Input(int file)
    {
        var random = new Random(file);
        var text = new StringBuilder("order_id,city,amount,at,note\n");
        for (var row = 0; row < RowsPerFile; row++)
        {
            if (row == 700) text.Append("broken,line\n");
            var id = random.Next(10) == 0 ? random.Next(Files * RowsPerFile) : file * RowsPerFile + row;
            text.Append(CultureInfo.InvariantCulture, $"{id},{(random.Next(3) switch { 0 => "Oslo", 1 => "Rome", _ => "" })},{random.Next(1000)}.{random.Next(100):D2},")
                .Append(CultureInfo.InvariantCulture, $"2026-01-{random.Next(28) + 1:D2}T{random.Next(24):D2}:00:00Z,\"note {random.Next(50)}{(random.Next(40) == 0 ? ",\nsecond line" : "")}\"\n");
        }

        return text.ToString();
    }
}
