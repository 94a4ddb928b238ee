using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Stages.Keys;

/// <summary>The memory that all workers of one keyed stage may hold together.</summary>
internal sealed class StateBudget(string stage, long bytesMax, string hint)
{
    private long _held;

    /// <summary>Accounts for a worker's state having changed by so many bytes; throws when it is too much.</summary>
    public void Change(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= bytesMax || bytes <= 0) return;
        throw new DataMeshException($"'{stage}' holds more than its memory of {bytesMax >> 20} MiB.", hint: hint);
    }

    /// <summary>The budget of a stage: its option, or the default.</summary>
    public static StateBudget Of(string stage, ByteCount? memory, string hint) => new(stage, memory?.Bytes ?? Core.Limits.KeyedStateBytesMax, hint);
}
