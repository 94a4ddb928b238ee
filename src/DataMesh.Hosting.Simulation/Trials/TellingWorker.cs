using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Simulation.Trials;

/// <summary>Tells what work grains ask for, and what comes of it. It stands there also when nobody listens: listening changes nothing.</summary>
internal sealed class TellingWorker(IGrainWorker worker, Action<string>? told) : IGrainWorker
{
    public async Task<GrainEvent?> DoAsync(GrainId self, Work work, long fence, CancellationToken cancellation)
    {
        told?.Invoke($"{self}: {work}");
        try
        {
            var happened = await worker.DoAsync(self, work, fence, cancellation);
            told?.Invoke($"{self}: {work.GetType().Name} -> {happened}");
            return happened;
        }
        catch (Exception error)
        {
            told?.Invoke($"{self}: {work.GetType().Name} -> {error.GetType().Name} {error.Message}");
            throw;
        }
    }

    public Task DrainAsync(string group, CancellationToken cancellation) => worker.DrainAsync(group, cancellation);

    public void Left(string group) => worker.Left(group);
}
