namespace DataMesh.Runtime.Hosting;

/// <summary>Why a call to a grain did not succeed.</summary>
public enum CallFailure
{
    /// <summary>The grain did not handle it in time.</summary>
    TimedOut,
    /// <summary>The silo of the grain went away, or its activation ended.</summary>
    Unreachable,
    /// <summary>Too much is waiting for the grain.</summary>
    Busy,
    /// <summary>There is no such grain.</summary>
    Unknown,
}

/// <summary>A call to a grain did not succeed.</summary>
public sealed class GrainCallException(CallFailure failure, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Why.</summary>
    public CallFailure Failure => failure;
}
