using DataMesh.Core.Columns;
using DataMesh.Formats.Csv;

namespace DataMesh.Formats.Text;

/// <summary>How a file writes dates and times: the layouts of single columns, ISO 8601 in the others, and the zone of times that say none.</summary>
/// <param name="Layouts">Layouts by column.</param>
/// <param name="Zone">The zone; null for UTC.</param>
public sealed record WrittenTimes(IReadOnlyDictionary<string, DateLayout> Layouts, TimeZoneInfo? Zone)
{
    /// <summary>ISO 8601 throughout.</summary>
    public static WrittenTimes Iso(TimeZoneInfo? zone) => new(new Dictionary<string, DateLayout>(), zone);

    /// <summary>Reads the texts of a column; see <see cref="Core.Components.SplitReader.ReadTimes"/>.</summary>
    public Column? Read(VarColumn texts, string column, DataType type, out Bitmap? failed)
    {
        failed = null;
        var layout = Layouts.TryGetValue(column, out var own) ? own : DateLayout.Iso;
        return type.Kind switch
        {
            TypeKind.Date => Read<int, DateParser>(texts, type, new DateParser(layout), ref failed),
            TypeKind.Timestamp => Read<long, TimestampParser>(texts, type, new TimestampParser(layout, new ZoneOffsets(Zone ?? TimeZoneInfo.Utc)), ref failed),
            _ => null,
        };
    }

    private static Column Read<T, TParser>(VarColumn texts, DataType type, TParser parser, ref Bitmap? failed) where T : unmanaged where TParser : struct, IValueParser<T>
    {
        var builder = new ColumnBuilder(type);
        for (var row = 0; row < texts.Length; row++)
        {
            if (texts.IsNull(row))
            {
                builder.AppendNull();
            }
            else if (parser.TrySlow(texts[row].Trim((byte)' '), out var value))
            {
                if (value is int days) builder.Append(days);
                else builder.Append((long)(object)value);
            }
            else
            {
                builder.AppendNull();
                (failed ??= Bitmap.Zeros(texts.Length))[row] = true;
            }
        }

        return builder.Build();
    }
}
