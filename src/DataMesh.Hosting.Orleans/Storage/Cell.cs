using Orleans.Storage;

namespace DataMesh.Hosting.Orleans.Storage;

/// <summary>
/// A record in grain storage, guarded by its ETag. A storage in trouble is asked again until the caller gives up; a write whose answer was lost is recognised
/// by its mark. Used by one caller at a time.
/// </summary>
internal sealed class Cell<T>(IGrainStorage storage, string name, OrleansId id) where T : Record, new()
{
    private readonly GrainState<T> _state = new();

    /// <summary>What was read or written last; null when there is none.</summary>
    public T? Value => _state.RecordExists ? _state.State : null;

    /// <summary>Reads it.</summary>
    public Task ReadAsync(CancellationToken cancellation) => PersistAsync(() => storage.ReadStateAsync(name, id, _state), cancellation);

    /// <summary>Writes it over what was read or written here last; false when somebody else wrote since.</summary>
    public async Task<bool> WriteAsync(T value, CancellationToken cancellation)
    {
        var (before, existed, mark) = (_state.State, _state.RecordExists, Guid.NewGuid().ToString("N"));
        value.Mark = mark;
        try
        {
            _state.State = value;
            await PersistAsync(() => storage.WriteStateAsync(name, id, _state), cancellation);
            return true;
        }
        catch (InconsistentStateException)
        {
            await ReadAsync(cancellation);
            return Value?.Mark == mark;
        }
        catch
        {
            (_state.State, _state.RecordExists) = (before, existed);
            throw;
        }
    }

    /// <summary>Removes it, whatever it is by now.</summary>
    public async Task ClearAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await ReadAsync(cancellation);
                if (Value is null) return;
                await PersistAsync(() => storage.ClearStateAsync(name, id, _state), cancellation);
                return;
            }
            catch (InconsistentStateException)
            {
            }
        }
    }

    private static async Task PersistAsync(Func<Task> command, CancellationToken cancellation)
    {
        for (var pause = 10; ; pause = Math.Min(200, pause * 2))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                await command().WaitAsync(cancellation);
                return;
            }
            catch (Exception error) when (error is not (InconsistentStateException or OperationCanceledException or ArgumentException))
            {
                await Task.Delay(pause, cancellation);
            }
        }
    }
}
