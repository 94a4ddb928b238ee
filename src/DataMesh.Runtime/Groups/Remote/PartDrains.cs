namespace DataMesh.Runtime.Groups.Remote;

/// <summary>
/// Brings single instances to a barrier, because they are to live elsewhere: one that drains asks for the end of the epoch, and does not begin another.
/// </summary>
public sealed class PartDrains
{
    private readonly Dictionary<int, Part> _parts = [];
    private readonly Lock _lock = new();

    /// <summary>Whether an instance wants the epoch to end.</summary>
    public bool IsDraining(int instance)
    {
        lock (_lock) return _parts.TryGetValue(instance, out var part) && part.Drained is not null;
    }

    /// <summary>An instance begins to read: whether its epoch may end before its input does. One that can not is not waited for.</summary>
    internal void Begin(int instance, bool mayEnd)
    {
        lock (_lock) PartOf(instance).MayEnd = mayEnd;
    }

    /// <summary>Reads a part, unless the instance drains: then when it goes on after all.</summary>
    internal async Task<T> ReadAsync<T>(int instance, Func<Task<T>> read, CancellationToken cancellation)
    {
        TaskCompletionSource reading;
        while (true)
        {
            Task goesOn;
            lock (_lock)
            {
                var part = PartOf(instance);
                if (part.Drained is null)
                {
                    part.MayEnd = false;
                    part.Reading = reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    break;
                }

                goesOn = part.Drained.Task;
            }

            await goesOn.WaitAsync(cancellation);
        }

        try
        {
            return await read();
        }
        finally
        {
            reading.TrySetResult();
        }
    }

    /// <summary>Waits until an instance has handed its part in, and keeps it from reading on. When that takes too long it goes on.</summary>
    internal async Task DrainAsync(int instance, CancellationToken cancellation)
    {
        Task reading;
        lock (_lock)
        {
            var part = PartOf(instance);
            part.Drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!part.MayEnd) return;
            reading = part.Reading.Task;
        }

        try
        {
            await reading.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            GoOn(instance);
            throw;
        }
    }

    /// <summary>An instance goes on here, or has gone: should it come back, it reads.</summary>
    internal void GoOn(int instance)
    {
        lock (_lock)
        {
            var part = PartOf(instance);
            part.Drained?.TrySetResult();
            part.Drained = null;
        }
    }

    private Part PartOf(int instance)
    {
        if (!_parts.TryGetValue(instance, out var part)) _parts[instance] = part = new Part();
        return part;
    }

    private sealed class Part
    {
        public bool MayEnd;
        public TaskCompletionSource Reading = new();
        public TaskCompletionSource? Drained;
    }
}
