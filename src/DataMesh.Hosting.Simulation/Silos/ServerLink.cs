using DataMesh.Hosting.Simulation.Agreement;
using DataMesh.Hosting.Simulation.World;

namespace DataMesh.Hosting.Simulation.Silos;

/// <summary>A silo's connection to the server.</summary>
internal sealed class ServerLink(SimulatedProcess process, SimulatedNetwork network, AgreementServer server, TimeSpan timeout)
{
    /// <summary>Whether the way or the server is in trouble, rather than the request wrong.</summary>
    public static bool IsTrouble(Exception error) => error is AgreementTrouble or NetworkTrouble or TimeoutException;

    /// <summary>Asks once.</summary>
    public Task<T> AskAsync<T>(Func<AgreementServer, T> what, CancellationToken cancellation = default) => process.RunAsync(async () =>
    {
        cancellation.ThrowIfCancellationRequested();
        return await network.AskServerAsync(process, () => server.IsDown ? throw new AgreementTrouble("The server is down.") : what(server), cancellation)
            .WaitAsync(timeout, process.Clock, cancellation);
    });

    /// <summary>Asks again until there is an answer.</summary>
    public async Task<T> PersistAsync<T>(Func<AgreementServer, T> what, CancellationToken cancellation)
    {
        for (var pause = 10; ; pause = Math.Min(200, pause * 2))
        {
            try
            {
                return await AskAsync(what, cancellation);
            }
            catch (Exception error) when (IsTrouble(error))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(pause), process.Clock, cancellation);
            }
        }
    }
}
