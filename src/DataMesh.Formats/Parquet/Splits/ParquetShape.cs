using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Splits;

/// <summary>How the columns of a plan and those of a file relate: by name, case ignored.</summary>
internal sealed class ParquetShape
{
    public ParquetShape(ParquetFile file, DecodePlan plan, ParquetDialect dialect)
    {
        (Plan, Dialect) = (plan, dialect);
        var read = new List<int>();
        Sources = new int[plan.Output.Count];
        for (var i = 0; i < Sources.Length; i++)
        {
            var at = file.Schema.IndexOf(plan.Output[i].Name);
            Sources[i] = at < 0 ? -1 : read.Count;
            if (at >= 0) read.Add(at);
        }

        Read = [.. read];
        IsLocal = [.. read.Select(index => !dialect.Zone.Equals(TimeZoneInfo.Utc) && IsLocalTime(file, index))];
        Unknown = [.. file.Schema.Where(field => plan.Schema.IndexOf(field.Name) < 0 && field.Type.Kind != TypeKind.Null)];
    }

    public DecodePlan Plan { get; }

    public ParquetDialect Dialect { get; }

    /// <summary>Columns of the file to be read.</summary>
    public int[] Read { get; }

    /// <summary>For each column read: whether it holds times on the clock of the source's zone.</summary>
    public bool[] IsLocal { get; }

    /// <summary>For each column of the output: its place in <see cref="Read"/>, or -1 when the file does not have it.</summary>
    public int[] Sources { get; }

    /// <summary>Columns of the file that the plan does not know.</summary>
    public Field[] Unknown { get; }

    private static bool IsLocalTime(ParquetFile file, int index) =>
        file.Columns[index] is { Field.Type.Kind: TypeKind.Timestamp, Node.Element.Logical: { Kind: LogicalKind.Timestamp, IsUtc: false } };
}
