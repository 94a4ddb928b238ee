using System.Collections.Concurrent;
using DataMesh.Hosting.Orleans.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Orleans.Storage;

/// <summary>Grain state in grain storage: its ETag makes every write a compare-and-set, and the token in the record refuses former activations.</summary>
internal sealed class OrleansStateStore(OrleansHost host) : IGrainStateStore
{
    private readonly ConcurrentDictionary<GrainId, Cell<StateRecord>> _claimed = new();

    public async ValueTask<StoredState?> ReadAsync(GrainId id, CancellationToken cancellation)
    {
        var cell = CellOf(id);
        await cell.ReadAsync(cancellation);
        return cell.Value is { } stored ? new StoredState(stored.Json, stored.Version, stored.Fence, stored.KeepsRunning) : null;
    }

    public async ValueTask<long?> WriteAsync(GrainId id, string json, long expected, long fence, bool keepsRunning, CancellationToken cancellation)
    {
        if (!_claimed.TryGetValue(id, out var cell))
        {
            cell = CellOf(id);
            await cell.ReadAsync(cancellation);
        }

        var stored = cell.Value;
        if (stored?.Fence > fence) return null;
        if ((stored?.Version ?? 0) != expected)
            return stored is { } repeated && repeated.Version == expected + 1 && repeated.Json == json && repeated.Fence == fence ? repeated.Version : null;
        if (keepsRunning && stored is not { KeepsRunning: true }) await KeepAsync(id, true, cancellation);
        var written = await cell.WriteAsync(new StateRecord { Json = json, Version = expected + 1, Fence = fence, KeepsRunning = keepsRunning }, cancellation);
        if (!written) return null;
        if (!keepsRunning && stored is { KeepsRunning: true }) await KeepAsync(id, false, cancellation);
        return expected + 1;
    }

    /// <summary>Takes the state over for an activation: writes with an older token are refused, and this silo knows the record from then on.</summary>
    public async Task ClaimAsync(GrainId id, long fence, CancellationToken cancellation)
    {
        var cell = CellOf(id);
        await cell.ReadAsync(cancellation);
        if (cell.Value is { } stored)
        {
            var taken = stored.Fence <= fence
                && (stored.Fence == fence || await cell.WriteAsync(new StateRecord { Json = stored.Json, Version = stored.Version, Fence = fence, KeepsRunning = stored.KeepsRunning }, cancellation));
            if (!taken) throw new ElsewhereException($"{id} was activated elsewhere.");
        }

        _claimed[id] = cell;
    }

    /// <summary>The activation has ended.</summary>
    public void Release(GrainId id) => _claimed.TryRemove(id, out _);

    /// <summary>Removes a grain's state.</summary>
    public async Task ForgetAsync(GrainId id)
    {
        Release(id);
        await CellOf(id).ClearAsync(CancellationToken.None);
    }

    private Cell<StateRecord> CellOf(GrainId id) => host.CellOf<StateRecord>("state", Kinds.Of(id));

    private Task KeepAsync(GrainId id, bool keeps, CancellationToken cancellation)
    {
        var group = GrainGroup.Of(id);
        return host.TryFind(group) is { } holding
            ? holding.KeepAsync(id.ToString(), keeps, cancellation)
            : host.Grains.GetGrain<IGroupGrain>(group).KeepAsync(id.ToString(), keeps).WaitAsync(cancellation);
    }
}
