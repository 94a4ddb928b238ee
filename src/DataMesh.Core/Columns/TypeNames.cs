using DataMesh.Core.Errors;

namespace DataMesh.Core.Columns;

/// <summary>Knows the type names of other systems, to say which of ours is meant by one that is not valid.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<string, string[]> Meanings = new()
    {
        ["bool"] = ["bool", "boolean", "bit", "flag", "logical"],
        ["int64"] =
        [
            "int64", "int", "integer", "bigint", "long", "int8", "int16", "int32", "uint8", "uint16", "uint32", "uint64", "tinyint", "smallint", "mediumint",
            "short", "byte", "serial", "bigserial", "unsigned",
        ],
        ["float64"] = ["float64", "float", "double", "real", "number", "float32", "float4", "float8", "single"],
        ["decimal(18,2)"] = ["decimal", "numeric", "money", "currency", "bigdecimal", "fixed"],
        ["string"] = ["string", "text", "varchar", "char", "character", "nvarchar", "varchar2", "str", "clob", "uuid", "object", "category", "enum", "utf8"],
        ["date"] = ["date", "date32", "day"],
        ["timestamp"] = ["timestamp", "datetime", "timestamptz", "datetime64", "datetime2", "instant", "time"],
        ["binary"] = ["binary", "bytes", "blob", "bytea", "varbinary"],
        ["json"] = ["json", "jsonb", "array", "list", "map", "struct", "variant", "dict"],
    };

    /// <summary>The hint for a name that is no type: what it means elsewhere, or the nearest name.</summary>
    public static string HintFor(string text)
    {
        var word = new string([.. text.Trim().ToLowerInvariant().TakeWhile(char.IsLetterOrDigit)]);
        var found = Meanings.SelectMany(each => each.Value).Contains(word) ? word : Nearest.Find(word, Meanings.SelectMany(each => each.Value));
        if (found is null) return Nearest.Hint(text, DataType.Names);
        var meant = Meanings.First(each => each.Value.Contains(found)).Key;
        return meant.StartsWith("decimal", StringComparison.Ordinal)
            ? "write decimal(precision,scale), with precision up to 38 and scale up to precision: decimal(18,2)"
            : $"did you mean '{meant}'?";
    }
}
