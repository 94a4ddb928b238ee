using System.Text.Json;

namespace DataMesh.Core.Columns;

/// <summary>Finds the schema of JSON rows by the type lattice.</summary>
internal sealed class JsonRowInference
{
    private const long ExactInDouble = 1L << 53;

    private readonly List<string> _order = [];
    private readonly Dictionary<string, Found> _columns = [];

    /// <summary>Widens by one row.</summary>
    public void Add(JsonElement row) => AddMembers(row, "");

    /// <summary>The schema so far. A name that is an object in one row and something else in another becomes one json column.</summary>
    public Schema ToSchema()
    {
        var mixed = _columns.Where(each => each.Value is { IsObject: true, Type.Kind: not TypeKind.Null }).Select(each => each.Key).ToList();
        var fields = new List<Field>();
        foreach (var name in _order)
        {
            if (mixed.Any(parent => name.StartsWith(parent + ".", StringComparison.Ordinal))) continue;
            if (mixed.Contains(name)) fields.Add(new Field(name, DataType.Json));
            else if (!_columns[name].IsObject) fields.Add(new Field(name, _columns[name].Type));
        }

        return new Schema(fields);
    }

    private void AddMembers(JsonElement parent, string prefix)
    {
        foreach (var member in parent.EnumerateObject())
        {
            var name = prefix + member.Name;
            var found = _columns.GetValueOrDefault(name);
            if (!_columns.ContainsKey(name)) _order.Add(name);
            if (member.Value.ValueKind == JsonValueKind.Object && member.Value.EnumerateObject().Any())
            {
                _columns[name] = found with { IsObject = true };
                AddMembers(member.Value, name + ".");
            }
            else
            {
                _columns[name] = found.Join(member.Value);
            }
        }
    }

    private readonly record struct Found(DataType Type, bool IsObject, bool HasLargeInteger)
    {
        public Found Join(JsonElement value)
        {
            var type = TypeOf(value, out var isLarge);
            var large = HasLargeInteger || isLarge;
            var joined = TypeLattice.Join(Type, type);
            return new Found(joined.Kind == TypeKind.Float64 && large ? DataType.String : joined, IsObject, large);
        }

        private static DataType TypeOf(JsonElement value, out bool isLarge)
        {
            isLarge = false;
            switch (value.ValueKind)
            {
                case JsonValueKind.Null: return DataType.Null;
                case JsonValueKind.True or JsonValueKind.False: return DataType.Bool;
                case JsonValueKind.String: return DataType.String;
                case JsonValueKind.Array or JsonValueKind.Object: return DataType.Json;
            }

            if (value.TryGetInt64(out var whole))
            {
                isLarge = whole is > ExactInDouble or < -ExactInDouble;
                return DataType.Int64;
            }

            return value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') ? DataType.Float64 : DataType.String;
        }
    }
}
