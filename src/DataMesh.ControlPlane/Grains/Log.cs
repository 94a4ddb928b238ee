namespace DataMesh.ControlPlane.Grains;

/// <summary>How much attention a line of a log wants.</summary>
public enum LogLevel
{
    /// <summary>What is to be expected.</summary>
    Info = 0,
    /// <summary>Something went wrong that passes by itself.</summary>
    Warning = 1,
    /// <summary>Somebody has to do something.</summary>
    Error = 2,
}

/// <summary>Adds a line to the grain's event stream, for people.</summary>
public sealed record Log(LogLevel Level, string Message) : Effect;
