using System.Globalization;

namespace DataMesh.Hosting.Simulation.Faults;

/// <summary>Which faults a trial suffers. Each seed draws its own: some faults show only while others do not hide them.</summary>
public sealed record FaultMix
{
    /// <summary>No faults at all: the undisturbed run.</summary>
    public static FaultMix None { get; } = new();

    /// <summary>Share of the steps of the commit protocol at which a silo is killed.</summary>
    public double KillRate { get; init; }

    /// <summary>Whether silos are frozen, and wake up after their session may have ended.</summary>
    public bool Freezes { get; init; }

    /// <summary>Whether silos are cut off from the server that they agree by.</summary>
    public bool CutsServer { get; init; }

    /// <summary>Whether silos are cut off from each other.</summary>
    public bool CutsPeers { get; init; }

    /// <summary>Whether that server is stopped and started again.</summary>
    public bool RestartsServer { get; init; }

    /// <summary>Whether it then lacks the last of what it was told.</summary>
    public bool ForgetsTail { get; init; }

    /// <summary>Whether the wall clocks of silos jump.</summary>
    public bool JumpsClocks { get; init; }

    /// <summary>Whether the disk is slow now and then.</summary>
    public bool SlowsDisk { get; init; }

    /// <summary>Whether silos leave in an orderly way, and others come.</summary>
    public bool Leaves { get; init; }

    /// <summary>The longest time that a message takes, in milliseconds.</summary>
    public int DelayMsMax { get; init; } = 1;

    /// <summary>Share of messages that get lost.</summary>
    public double Loss { get; init; }

    /// <summary>Share of messages that are handled twice.</summary>
    public double Doubling { get; init; }

    /// <summary>Faults of a trial, at most; then everything heals.</summary>
    public int FaultsMax { get; init; } = 8;

    /// <summary>Draws a mix.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="killRate">Share of protocol steps at which a silo is killed, in seeds that kill.</param>
    public static FaultMix Draw(Random random, double killRate) => new()
    {
        KillRate = random.NextDouble() < 0.75 ? killRate : 0,
        Freezes = random.NextDouble() < 0.5,
        CutsServer = random.NextDouble() < 0.3,
        CutsPeers = random.NextDouble() < 0.3,
        RestartsServer = random.NextDouble() < 0.35,
        ForgetsTail = random.NextDouble() < 0.5,
        JumpsClocks = random.NextDouble() < 0.3,
        SlowsDisk = random.NextDouble() < 0.3,
        Leaves = random.NextDouble() < 0.3,
        DelayMsMax = (int)Math.Pow(10, random.NextDouble() * 2),
        Loss = random.NextDouble() < 0.4 ? random.NextDouble() * 0.1 : 0,
        Doubling = random.NextDouble() < 0.4 ? random.NextDouble() * 0.1 : 0,
    };

    /// <summary>The kinds of faults that can be left out.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["kills", "freezes", "cuts", "restarts", "clocks", "disk", "leaves", "loss"];

    /// <summary>The mix without one of <see cref="Kinds"/>.</summary>
    public FaultMix Without(string kind) => kind switch
    {
        "kills" => this with { KillRate = 0 },
        "freezes" => this with { Freezes = false },
        "cuts" => this with { CutsServer = false, CutsPeers = false },
        "restarts" => this with { RestartsServer = false },
        "clocks" => this with { JumpsClocks = false },
        "disk" => this with { SlowsDisk = false },
        "leaves" => this with { Leaves = false },
        "loss" => this with { Loss = 0, Doubling = 0 },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There are no such faults."),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Words());

    private IEnumerable<string> Words()
    {
        if (KillRate > 0) yield return string.Create(CultureInfo.InvariantCulture, $"kills {KillRate:0.###}");
        if (Freezes) yield return "freezes";
        if (CutsServer) yield return "cuts from the server";
        if (CutsPeers) yield return "cuts between silos";
        if (RestartsServer) yield return ForgetsTail ? "server restarts that forget" : "server restarts";
        if (JumpsClocks) yield return "clock jumps";
        if (SlowsDisk) yield return "slow disk";
        if (Leaves) yield return "silos that leave";
        yield return string.Create(CultureInfo.InvariantCulture, $"messages up to {DelayMsMax} ms, {Loss:0.#%} lost, {Doubling:0.#%} twice");
    }
}
