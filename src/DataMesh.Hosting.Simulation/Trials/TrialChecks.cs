using System.Globalization;
using System.Text.Json;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Audit;

namespace DataMesh.Hosting.Simulation.Trials;

/// <summary>What must hold of the files that a trial leaves, whatever happened.</summary>
internal static class TrialChecks
{
    public static async Task CheckAsync(PipelineDefinition definition, string root, int blockBytes, List<string> violations)
    {
        foreach (var log in Directory.EnumerateDirectories(root, "_delta_log", SearchOption.AllDirectories)) CheckLog(Path.GetRelativePath(root, Path.GetDirectoryName(log)!), log, violations);
        try
        {
            var report = await LedgerAudit.RunAsync(definition, recount: true, CancellationToken.None, blockBytes);
            violations.AddRange(report.Epochs.SelectMany(epoch => epoch.Findings.Select(finding => $"conservation: epoch {epoch.Epoch}: {finding.What}")));
        }
        catch (Exception error) when (error is DataMeshException or IOException)
        {
            violations.Add($"conservation: the ledger can not be checked: {error.Message}");
        }
    }

    /// <summary>
    /// Reads a table's log as any other program would: versions without a gap, epochs of an application one after the other, no file added twice, and no split
    /// going back while rows are only added.
    /// </summary>
    private static void CheckLog(string table, string log, List<string> violations)
    {
        var (next, epochs, files, positions) = (0L, new Dictionary<string, long>(), new HashSet<string>(), new Dictionary<string, long>());
        foreach (var entry in Directory.EnumerateFiles(log, "*.json").Where(file => char.IsAsciiDigit(Path.GetFileName(file)[0])).Order(StringComparer.Ordinal))
        {
            var version = long.Parse(Path.GetFileNameWithoutExtension(entry), CultureInfo.InvariantCulture);
            if (version != next) violations.Add($"'{table}': version {version} follows {next - 1}");
            next = version + 1;
            var actions = File.ReadLines(entry).Select(line => JsonDocument.Parse(line).RootElement).ToList();
            var removes = actions.Exists(action => action.TryGetProperty("remove", out _));
            if (removes) positions.Clear();
            foreach (var action in actions)
            {
                if (action.TryGetProperty("txn", out var txn)) CheckEpoch(table, version, txn, epochs, violations);
                if (action.TryGetProperty("add", out var add) && !files.Add(add.GetProperty("path").GetString()!)) violations.Add($"'{table}': version {version} adds {add.GetProperty("path")} again");
                if (action.TryGetProperty("domainMetadata", out var domain)) CheckPositions(table, version, domain, positions, violations);
            }
        }
    }

    private static void CheckEpoch(string table, long version, JsonElement txn, Dictionary<string, long> epochs, List<string> violations)
    {
        var (application, epoch) = (txn.GetProperty("appId").GetString()!, txn.GetProperty("version").GetInt64());
        if (epochs.TryGetValue(application, out var before) && epoch != before + 1)
            violations.Add($"single owner: '{table}': version {version} commits epoch {epoch} after epoch {before}");
        epochs[application] = epoch;
    }

    /// <summary>Splits that are read half: each goes forward.</summary>
    private static void CheckPositions(string table, long version, JsonElement domain, Dictionary<string, long> positions, List<string> violations)
    {
        if (domain.GetProperty("configuration").GetString() is not { Length: > 0 } text) return;
        using var configuration = JsonDocument.Parse(text);
        if (configuration.RootElement.ValueKind != JsonValueKind.Object || !configuration.RootElement.TryGetProperty("open", out var open) || open.ValueKind != JsonValueKind.Array) return;
        foreach (var split in open.EnumerateArray())
        {
            if (!split.TryGetProperty("split", out var name) || !split.TryGetProperty("to", out var to)) continue;
            if (positions.TryGetValue(name.GetString()!, out var before) && to.GetInt64() < before)
                violations.Add($"'{table}': version {version} takes {name} back from {before} to {to}");
            positions[name.GetString()!] = to.GetInt64();
        }
    }
}
