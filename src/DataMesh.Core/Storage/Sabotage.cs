namespace DataMesh.Core.Storage;

/// <summary>
/// Takes one protection of the commit protocol away, so that a test can see that somebody notices. No option, variable or file leads here: only the program
/// that tries seeds can.
/// </summary>
internal static class Sabotage
{
    /// <summary>Whether epochs are committed as if nothing had been prepared: no record is found again, and none stands in the way of another.</summary>
    public static bool PreparesNothing { get; set; }

    /// <summary>Whether fencing tokens are not looked at.</summary>
    public static bool IgnoresTokens { get; set; }

    /// <summary>Whether an epoch that a table has is committed to it again.</summary>
    public static bool CommitsAgain { get; set; }
}
