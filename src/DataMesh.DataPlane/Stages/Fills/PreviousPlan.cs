using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Fills;

/// <summary>Columns that are filled with the last value before, per the same keys.</summary>
/// <param name="Keys">Indices of the key columns; none when there is one last value for all rows.</param>
/// <param name="Columns">Indices of the columns.</param>
internal sealed record PreviousGroup(int[] Keys, int[] Columns);

/// <summary>What <c>fill</c> with <c>previous</c> is to do with one input.</summary>
/// <param name="Input">What comes in; and out, as null is the only thing that changes.</param>
/// <param name="Groups">The columns.</param>
/// <param name="Definition">The rules as text.</param>
internal sealed record PreviousPlan(Schema Input, IReadOnlyList<PreviousGroup> Groups, string Definition)
{
    /// <summary>Names of all columns that it looks at.</summary>
    public IEnumerable<string> Names => Groups.SelectMany(group => group.Keys.Concat(group.Columns)).Select(index => Input[index].Name);
}
