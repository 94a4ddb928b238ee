using DataMesh.Cli.Tests.Crash;

namespace DataMesh.Cli.Tests.Silos;

/// <summary>What the pipeline of a <see cref="CrashFolder"/> makes when nothing happens to it.</summary>
internal static class Undisturbed
{
    private static readonly Lazy<IReadOnlyList<TableContents>> Made = new(() =>
    {
        using var folder = new CrashFolder();
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml").ExitCode);
        return folder.Tables;
    });

    /// <summary>The tables.</summary>
    public static IReadOnlyList<TableContents> Tables => Made.Value;

    /// <summary>The same pipeline with so many epochs that much can happen to it.</summary>
    public static string SmallEpochs { get; } = CrashFolder.Pipeline.Replace("100kB", "20kB", StringComparison.Ordinal);

    /// <summary>Checks that a folder has the same tables, and a closed ledger.</summary>
    public static void AssertSame(CrashFolder folder)
    {
        var tables = folder.Tables;
        Assert.Equal(Tables.Select(table => table.Rows), tables.Select(table => table.Rows));
        Assert.Equal(Tables.Select(table => table.Quarantine), tables.Select(table => table.Quarantine));
        var ledger = DatameshProcess.Run(folder.Root, "ledger", "p.yaml");
        Assert.True(ledger.ExitCode == 0, ledger.Output + ledger.Error);
    }
}
