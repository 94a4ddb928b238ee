namespace DataMesh.DataPlane.Stages.Lookups;

/// <summary>What happens to a row whose key the reference data do not hold.</summary>
public enum MissingMatch
{
    /// <summary>It passes, with nulls.</summary>
    Keep,
    /// <summary>It is left out.</summary>
    Drop,
    /// <summary>It goes to quarantine.</summary>
    Quarantine,
}

/// <summary>What happens when the reference data hold a key more than once.</summary>
public enum ManyMatches
{
    /// <summary>The first row counts.</summary>
    First,
    /// <summary>A row comes out for each.</summary>
    All,
    /// <summary>The run fails.</summary>
    Fail,
}
