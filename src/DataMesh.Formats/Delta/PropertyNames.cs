namespace DataMesh.Formats.Delta;

/// <summary>Names of the table properties and of the column metadata that this program reads or writes.</summary>
public static class PropertyNames
{
    public const string ColumnMappingMode = "delta.columnMapping.mode";
    public const string ColumnMappingMaxId = "delta.columnMapping.maxColumnId";
    public const string ColumnMappingId = "delta.columnMapping.id";
    public const string ColumnMappingPhysicalName = "delta.columnMapping.physicalName";
    public const string AppendOnly = "delta.appendOnly";
    public const string DeletedFileRetention = "delta.deletedFileRetentionDuration";
    public const string LogRetention = "delta.logRetentionDuration";
    public const string CheckpointInterval = "delta.checkpointInterval";
    public const string IndexedColumns = "delta.dataSkippingNumIndexedCols";

    /// <summary>The key columns of a table in which no two rows share a key, as a JSON list of names.</summary>
    public const string Key = "datamesh.key";

    /// <summary>The column by which old rows are deleted.</summary>
    public const string RetainColumn = "datamesh.retain.column";

    /// <summary>The age beyond which rows are deleted.</summary>
    public const string RetainOlderThan = "datamesh.retain.olderThan";

    /// <summary>Whether log entries may be deleted when they are old; they may unless it says false.</summary>
    public const string LogCleanup = "delta.enableExpiredLogCleanup";

    /// <summary>Tag of a file that holds the rows of a staged file in wider types: the path under which they were staged.</summary>
    public const string StagedAsTag = "datamesh.stagedAs";

    /// <summary>Tag of a file that holds rows which were in the table before.</summary>
    public const string RewrittenTag = "datamesh.rewritten";

    /// <summary>Column metadata: the type in this program where Delta's is wider (a json column is a Delta string).</summary>
    public const string ColumnType = "datamesh.type";
}
