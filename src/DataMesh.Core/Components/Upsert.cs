namespace DataMesh.Core.Components;

/// <summary>How the rows of a sink replace those that its target holds.</summary>
/// <param name="Key">Columns that tell which row is meant; no two rows of the target share their values.</param>
/// <param name="DeleteWhen">An expression over the rows; where it is true, the row of that key is deleted. Null when rows are never deleted.</param>
/// <param name="LeaveOut">Columns that only <paramref name="DeleteWhen"/> needs and that are not written.</param>
public sealed record Upsert(IReadOnlyList<string> Key, ExpressionText? DeleteWhen, IReadOnlyList<string> LeaveOut)
{
    /// <summary>Name of the boolean column that tells the sink's writer which rows delete. Only between the two; it is never written.</summary>
    public const string DeletionColumn = "datamesh:deleted";
}
