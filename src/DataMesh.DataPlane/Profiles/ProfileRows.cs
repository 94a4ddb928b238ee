using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Profiles;

/// <summary>Profiles as rows: one per column.</summary>
public static class ProfileRows
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The columns of a profile.</summary>
    public static Schema Schema { get; } = new(
    [
        new("column", DataType.String, false), new("type", DataType.String, false), new("count", DataType.Int64, false), new("nulls", DataType.Int64, false),
        new("null_fraction", DataType.Float64, false), new("distinct", DataType.Int64, false), new("min", DataType.String), new("max", DataType.String),
        new("mean", DataType.String), new("stddev", DataType.Float64), new("q05", DataType.String), new("q25", DataType.String), new("q50", DataType.String),
        new("q75", DataType.String), new("q95", DataType.String), new("length_min", DataType.Int64), new("length_max", DataType.Int64),
        new("length_mean", DataType.Float64), new("true_fraction", DataType.Float64), new("top", DataType.Json),
    ]);

    /// <summary>One row per profile.</summary>
    public static RecordBatch ToBatch(IReadOnlyList<ColumnProfile> profiles)
    {
        var builders = Schema.Select(field => new ColumnBuilder(field.Type)).ToArray();
        foreach (var profile in profiles)
        {
            object?[] values =
            [
                profile.Column, profile.Type.ToString(), profile.Count, profile.Nulls, profile.NullFraction, profile.Distinct, profile.Min, profile.Max,
                profile.Mean, profile.StandardDeviation, .. ColumnProfile.Ranks.Select((_, i) => profile.Quantiles.ElementAtOrDefault(i)),
                profile.LengthMin, profile.LengthMax, profile.LengthMean, profile.TrueFraction, profile.Top.Count == 0 ? null : Json(profile.Top),
            ];
            for (var i = 0; i < values.Length; i++) builders[i].AppendObject(values[i]);
        }

        return new RecordBatch(Schema, [.. builders.Select(builder => builder.Build())], profiles.Count);
    }

    private static string Json(IReadOnlyList<ValueCount> top)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Relaxed))
        {
            writer.WriteStartArray();
            foreach (var each in top)
            {
                writer.WriteStartObject();
                writer.WriteString("value", each.Value);
                writer.WriteNumber("count", each.Count);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
