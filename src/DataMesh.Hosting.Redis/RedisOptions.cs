namespace DataMesh.Hosting.Redis;

/// <summary>How a silo takes part in a cluster on Redis.</summary>
/// <param name="Server"><c>HOST:PORT</c> of Redis.</param>
public sealed record RedisOptions(string Server)
{
    /// <summary>Name of the cluster: clusters of other names on the same Redis do not see each other.</summary>
    public string Cluster { get; init; } = "default";

    /// <summary>What other silos know and send messages with; null only on loopback.</summary>
    public string? Secret { get; init; }

    /// <summary>Where other silos reach this one, such as <c>http://127.0.0.1:7001</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>A silo that has not renewed its session for this time is taken for dead; it stops itself before.</summary>
    public TimeSpan SessionTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a session is renewed.</summary>
    public TimeSpan RenewEvery => SessionTime / 4;

    /// <summary>How long silos must have been the same before pipelines move from one to another.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a pipeline that is to move may take to its next barrier; then it stays.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Grains that have had nothing to do for this time are deactivated.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(2);
}
