namespace DataMesh.DataPlane.Stages.Deduplication;

/// <summary>Which row of a key stays.</summary>
public enum KeepRow
{
    /// <summary>The first in source order.</summary>
    First,
    /// <summary>The last in source order.</summary>
    Last,
}

/// <summary>What happens when the memory for keys is full.</summary>
public enum WhenFull
{
    /// <summary>The run fails.</summary>
    Fail,
    /// <summary>The keys met longest ago are forgotten, so that a late repeat passes.</summary>
    ForgetOldest,
}
