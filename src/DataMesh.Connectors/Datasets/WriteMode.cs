namespace DataMesh.Connectors.Datasets;

/// <summary>What a run does with the rows that a dataset holds already.</summary>
public enum WriteMode
{
    /// <summary>Adds to them.</summary>
    Append,
    /// <summary>Replaces them, in the first commit of the run.</summary>
    Overwrite,
    /// <summary>Each row replaces the one with the same key, or joins them.</summary>
    Upsert,
}
