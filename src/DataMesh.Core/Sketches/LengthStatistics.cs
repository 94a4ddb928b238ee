namespace DataMesh.Core.Sketches;

/// <summary>Shortest, longest and mean length of byte strings.</summary>
public struct LengthStatistics
{
    private const byte Version = 1;

    /// <summary>Values seen.</summary>
    public long Count;

    /// <summary>Sum of their lengths in bytes.</summary>
    public long Total;

    /// <summary>Shortest length in bytes; <see cref="int.MaxValue"/> of nothing.</summary>
    public int Shortest = int.MaxValue;

    /// <summary>Longest length in bytes; -1 of nothing.</summary>
    public int Longest = -1;

    /// <summary>Of nothing yet.</summary>
    public LengthStatistics()
    {
    }

    /// <summary>Mean length in bytes; NaN of nothing.</summary>
    public readonly double Mean => Count == 0 ? double.NaN : (double)Total / Count;

    /// <summary>Adds a value of this length, <paramref name="times"/> times.</summary>
    public void Add(int length, long times = 1)
    {
        Count += times;
        Total += length * times;
        Shortest = Math.Min(Shortest, length);
        Longest = Math.Max(Longest, length);
    }

    /// <summary>Adds what another has seen.</summary>
    public void Merge(in LengthStatistics other)
    {
        Count += other.Count;
        Total += other.Total;
        Shortest = Math.Min(Shortest, other.Shortest);
        Longest = Math.Max(Longest, other.Longest);
    }

    /// <summary>The byte form.</summary>
    public readonly byte[] ToBytes()
    {
        var writer = new SketchWriter(Version);
        foreach (var part in (ReadOnlySpan<long>)[Count, Total, Shortest, Longest]) writer.Int64(part);
        return writer.ToArray();
    }

    /// <summary>Reads the byte form.</summary>
    public static LengthStatistics FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new SketchReader(bytes, Version);
        return new LengthStatistics { Count = reader.Int64(), Total = reader.Int64(), Shortest = (int)reader.Int64(), Longest = (int)reader.Int64() };
    }
}
