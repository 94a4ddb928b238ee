using DataMesh.Client.Contract;
using DataMesh.Core.Components;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Silos;
using Microsoft.AspNetCore.Http;

namespace DataMesh.Api.Operations;

/// <summary>Makes a silo or cluster forget a pipeline. What is kept on storage is nobody's but the tables', and stays.</summary>
internal sealed class Removal(SiloServices silo, Statuses statuses)
{
    /// <summary>A run that has just ended lets go of its last grains in this time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Removes a pipeline that does not run. The text goes last: until then the removal can be asked for again.</summary>
    public async Task<RemovedPipeline> RemoveAsync(string name, CancellationToken cancellation)
    {
        var newest = await statuses.RequireAsync(name, cancellation);
        var began = silo.Host.Clock.GetTimestamp();
        while (!await silo.Host.ForgetAsync(name, cancellation))
        {
            var state = await statuses.StateAsync(name, cancellation);
            if (state.IsActive || silo.Host.Clock.GetElapsedTime(began) >= Patience)
            {
                throw new ApiException(
                    StatusCodes.Status409Conflict, $"'{name}' is {Words.Of(state.Phase).Replace('_', ' ')}: only a pipeline that does not run can be removed.",
                    hint: $"'datamesh remove {name} --stop' ends it at a barrier first");
            }

            await Task.Delay(Pause, silo.Host.Clock, cancellation);
        }

        await silo.Host.Pipelines.RemoveAsync(name, cancellation);
        return new RemovedPipeline(name, TargetsOf(newest));
    }

    /// <summary>Where its rows are. A text that can not be read any more names no targets.</summary>
    private IReadOnlyList<string> TargetsOf(PipelineVersion version) =>
        SpecOptions.Read(version, silo.Catalog).Definition is { } definition
            ? [.. definition.Sinks.Select(node => node.Sink.TargetPath(new ComponentContext { BaseFolder = version.BaseFolder, Pipeline = version.Name })).Distinct(StringComparer.Ordinal)]
            : [];
}
