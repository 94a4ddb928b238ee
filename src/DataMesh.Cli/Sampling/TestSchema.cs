using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Cli.Sampling;

/// <summary>The schema of test rows: the real source's where its data is there, so that dates are dates; else what the rows show.</summary>
internal static class TestSchema
{
    /// <summary>What the real source's columns are; null when its data is not there.</summary>
    public static async Task<Schema?> RealAsync(Source source, ComponentContext context, CancellationToken cancellation)
    {
        try
        {
            var description = await source.DescribeAsync(context, cancellation);
            return description.IsEmpty ? null : description.Schema;
        }
        catch (DataMeshException)
        {
            return null;
        }
    }

    /// <summary>The schema that the rows are read with.</summary>
    public static Schema Of(Schema? real, IReadOnlyList<string> rows)
    {
        var shown = JsonRows.InferSchema(rows);
        if (real is null) return shown;
        var fields = real.Select(field => shown.TryGet(field.Name, out var given) ? Fit(field, given, rows) : field).ToList();
        fields.AddRange(shown.Where(field => real.IndexOf(field.Name) < 0));
        return new Schema(fields);
    }

    /// <summary>The real type as long as every value fits it, else the type that holds both.</summary>
    private static Field Fit(Field real, Field shown, IReadOnlyList<string> rows)
    {
        if (real.Type == shown.Type || shown.Type.Kind == TypeKind.Null) return real;
        var alone = new Schema([real]);
        try
        {
            JsonRows.Parse([.. rows.Select(row => Only(row, real.Name))], alone).Dispose();
            return real;
        }
        catch (DataMeshException)
        {
            return real with { Type = TypeLattice.Join(real.Type, shown.Type) };
        }
    }

    /// <summary>A row with one member only; a dotted name may lead into nested objects.</summary>
    private static string Only(string row, string name)
    {
        using var document = JsonDocument.Parse(row);
        return Find(document.RootElement, name) is { } value ? $"{{{JsonSerializer.Serialize(name)}:{value.GetRawText()}}}" : "{}";
    }

    private static JsonElement? Find(JsonElement parent, string name)
    {
        foreach (var member in parent.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return member.Value;
            if (member.Value.ValueKind == JsonValueKind.Object && name.StartsWith(member.Name + ".", StringComparison.OrdinalIgnoreCase)
                && Find(member.Value, name[(member.Name.Length + 1)..]) is { } inner) return inner;
        }

        return null;
    }
}
