using DataMesh.Core.Pipelines;
using DataMesh.Hosting.Embedded;
using DataMesh.Runtime.Audit;
using DataMesh.Runtime.Quarantine;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Tests.Runs;

namespace DataMesh.Runtime.Tests.Quarantine;

/// <summary>What tests of the quarantine do with a folder of runs.</summary>
internal static class QuarantineFolder
{
    public static QuarantineFilter All { get; } = new() { State = null };

    public static QuarantineFilter Waiting { get; } = new();

    public static async Task<IReadOnlyList<QuarantinedRecord>> RecordsAsync(this RunFolder folder, PipelineDefinition definition, QuarantineFilter? filter = null)
    {
        Assert.True(Directory.Exists(folder.Root));
        return [.. (await QuarantineView.OpenAsync(definition, CancellationToken.None)).Read(filter ?? Waiting)];
    }

    public static Task<RunResult> SettleAsync(PipelineDefinition definition, bool isReplay = true, QuarantineFilter? filter = null) =>
        EmbeddedHost.RunAsync(definition, new RunOptions { Settle = new SettleRequest(filter ?? Waiting, isReplay) }, null, CancellationToken.None);

    public static async Task<RunResult> ReplayAsync(PipelineDefinition definition, QuarantineFilter? filter = null)
    {
        var result = await SettleAsync(definition, true, filter);
        Assert.True(result.Error is null, result.Error?.Message);
        return result;
    }

    public static async Task<LedgerReport> ClosedAsync(PipelineDefinition definition)
    {
        var report = await LedgerAudit.RunAsync(definition, recount: true, CancellationToken.None);
        Assert.True(report.Closes, string.Join("\n", report.Epochs.SelectMany(epoch => epoch.Findings.Select(finding => $"{epoch.Epoch} {finding.Check}: {finding.What}"))));
        return report;
    }
}
