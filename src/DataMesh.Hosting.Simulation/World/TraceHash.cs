namespace DataMesh.Hosting.Simulation.World;

/// <summary>A hash over everything that happened (FNV-1a, 64 bits).</summary>
public sealed class TraceHash
{
    private ulong _value = 14695981039346656037;

    /// <summary>The hash so far.</summary>
    public ulong Value => _value;

    /// <summary>Adds what happened.</summary>
    public void Add(long first, long second)
    {
        AddOne(first);
        AddOne(second);
    }

    private void AddOne(long value)
    {
        for (var i = 0; i < 64; i += 8) _value = (_value ^ (byte)(value >> i)) * 1099511628211;
    }

    /// <inheritdoc/>
    public override string ToString() => _value.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
