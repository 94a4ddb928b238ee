namespace DataMesh.Cli.Doctor;

/// <summary>How a check came out.</summary>
internal enum CheckState
{
    Ok,
    Warn,
    Fail,
}

/// <summary>One thing that was checked.</summary>
internal sealed record Check(string Name, CheckState State, string Found, string? Advice = null);
