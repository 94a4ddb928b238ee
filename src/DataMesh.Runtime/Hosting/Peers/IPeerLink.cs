using DataMesh.ControlPlane.Grains;

namespace DataMesh.Runtime.Hosting.Peers;

/// <summary>
/// How the work in a silo reaches the work in another one, beside what grains tell each other: it finds where a grain lives, and asks that silo. A question
/// may take as long as the work there needs; it ends at once when the other silo dies.
/// </summary>
public interface IPeerLink
{
    /// <summary>Where a grain lives now; one that lives nowhere is placed.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="anew">Whether what was found before is doubtful.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<GrainPlace> FindAsync(GrainId grain, bool anew, CancellationToken cancellation);

    /// <summary>
    /// Sends a request to a silo and returns its answer. Throws <see cref="GrainCallException"/> when there is none: the silo is gone, or refused.
    /// </summary>
    /// <param name="place">The silo.</param>
    /// <param name="path">One of <see cref="PeerPaths"/>.</param>
    /// <param name="body">JSON.</param>
    /// <param name="bytesMax">Largest request and answer.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<byte[]> AskAsync(GrainPlace place, string path, byte[] body, int bytesMax, CancellationToken cancellation);

    /// <summary>Cancelled when a silo is known to be gone: its session is over.</summary>
    CancellationToken GoneToken(string silo);
}

/// <summary>Where a grain lives.</summary>
/// <param name="Silo">The silo's session.</param>
/// <param name="Address">Where the silo answers others.</param>
/// <param name="IsHere">Whether it is this one.</param>
public sealed record GrainPlace(string Silo, Uri Address, bool IsHere);
