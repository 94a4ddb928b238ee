namespace DataMesh.Hosting.Orleans;

/// <summary>How DataMesh lives in an Orleans silo.</summary>
public sealed class DataMeshOptions
{
    /// <summary>Name of the grain storage that state, event streams and pipelines are kept in; the default one when there is none of this name.</summary>
    public string Storage { get; set; } = "datamesh";

    /// <summary>Name of the stream provider that events are published to, besides being kept; without one of this name they are only kept.</summary>
    public string Streams { get; set; } = "datamesh";

    /// <summary>Where the HTTP endpoints of this silo answer the other silos; null when they do not.</summary>
    public Uri? Address { get; set; }

    /// <summary>What the HTTP endpoints of the other silos let this one in by.</summary>
    public string? Secret { get; set; }

    /// <summary>Grains that have had nothing to do for this time are deactivated.</summary>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long silos must have been the same before pipelines move from one to another.</summary>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a pipeline that is to move may take to its next barrier; then it stays.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Told what happens to grains.</summary>
    public Action<string>? Log { get; set; }
}
