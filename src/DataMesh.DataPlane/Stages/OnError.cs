namespace DataMesh.DataPlane.Stages;

/// <summary>What becomes of a row whose value can not be converted.</summary>
public enum OnError
{
    /// <summary>The row goes to quarantine.</summary>
    Quarantine,
    /// <summary>The value becomes null and the row goes on.</summary>
    Null,
    /// <summary>The run stops with an error.</summary>
    Fail,
}
