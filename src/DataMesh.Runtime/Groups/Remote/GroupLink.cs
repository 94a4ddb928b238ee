using System.Text.Json;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.Core;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>Carries the calls of a pipeline's instances in this silo to the silo of their coordinator.</summary>
internal sealed class GroupLink(IPeerLink peers, string pipeline, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly GrainId _coordinator = PipelineMachine.TaskOf(pipeline);

    /// <summary>Whether the coordinator lives in this silo.</summary>
    public async Task<bool> IsHereAsync(CancellationToken cancellation) => (await peers.FindAsync(_coordinator, anew: false, cancellation)).IsHere;

    /// <summary>
    /// Sends a call. A beginning, which changes nothing, is sent again for a while when the coordinator was not found where it was thought to be; anything
    /// else fails then, for it may have been heard.
    /// </summary>
    public async Task<GroupAnswer> SendAsync(GroupCall call, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        for (var anew = false; ; anew = true)
        {
            var place = await peers.FindAsync(_coordinator, anew, cancellation);
            if (place.IsHere) return new GroupAnswer(GroupOutcome.Over);
            try
            {
                var answer = await AskAsync(place, call, cancellation);
                if (answer.Outcome != GroupOutcome.Elsewhere || call.Begin is null) return answer;
                if (clock.GetElapsedTime(began) >= Patience) throw Lost(place, "It does not run it.", null);
            }
            catch (GrainCallException error)
            {
                if (call.Begin is null || error.Failure != CallFailure.Unreachable || clock.GetElapsedTime(began) >= Patience) throw Lost(place, error.Message, error);
            }

            await Task.Delay(Pause, clock, cancellation);
        }
    }

    private async Task<GroupAnswer> AskAsync(GrainPlace place, GroupCall call, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(call, GroupJson.Default.GroupCall);
        var answer = await peers.AskAsync(place, PeerPaths.Groups, body, Limits.GroupMessageBytesMax, cancellation);
        return JsonSerializer.Deserialize(answer, GroupJson.Default.GroupAnswer) ?? throw new JsonException("The answer is empty.");
    }

    private DataMeshException Lost(GrainPlace place, string why, Exception? cause) =>
        new($"The silo {place.Silo}, which coordinates '{pipeline}', does not answer a task of it.", detail: why, cause: cause) { MayPass = true, PassesSoon = true };
}
