using System.CommandLine;
using DataMesh.Client;
using DataMesh.Client.Contract;

namespace DataMesh.Cli.Silos;

/// <summary>Waits until a pipeline stands where it was asked to.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);

    /// <summary>The option that asks for it.</summary>
    public static Option<bool> Option(string description) => new("--wait") { Description = description };

    /// <summary>Waits until no run goes on.</summary>
    public static async Task<PipelineStatus> UntilEndedAsync(SiloClient client, string pipeline)
    {
        while (true)
        {
            var status = await client.StatusAsync(pipeline);
            if (!status.IsStopping && status.Phase is "done" or "nothing_new" or "stopped" or "paused" or "failed") return status;
            await Task.Delay(Interval);
        }
    }
}
