using DataMesh.Core.Columns;

namespace DataMesh.Formats.Json;

/// <summary>The column type that a JSON value asks for.</summary>
internal static class JsonTypes
{
    /// <summary>The type of one value by itself. Numbers that neither int64 nor float64 can hold become strings, which keeps every digit.</summary>
    public static DataType Of(in JsonToken token) => token.Kind switch
    {
        JsonTokenKind.Null => DataType.Null,
        JsonTokenKind.True or JsonTokenKind.False => DataType.Bool,
        JsonTokenKind.Integer => JsonNumbers.TryInteger(token.Text, out _) ? DataType.Int64 : DataType.String,
        JsonTokenKind.Fraction => JsonNumbers.TryDouble(token.Text, out _) ? DataType.Float64 : DataType.String,
        JsonTokenKind.String => OfString(token),
        _ => DataType.Json,
    };

    /// <summary>The type that holds what the column has held and the value that did not fit.</summary>
    public static DataType Join(DataType column, in JsonToken token)
    {
        var joined = TypeLattice.Join(column, Of(token));
        return joined.Kind == TypeKind.Float64 && token.Kind == JsonTokenKind.Integer && !IsExactDouble(token) ? DataType.String : joined;
    }

    /// <summary>Whether an integer is the same as a double.</summary>
    public static bool IsExactDouble(in JsonToken token) =>
        JsonNumbers.TryInteger(token.Text, out var value) && value is >= -JsonNumbers.ExactMax and <= JsonNumbers.ExactMax;

    private static DataType OfString(in JsonToken token)
    {
        if (token.IsIrregular) return DataType.String;
        if (JsonTimes.TryDate(token.Text, out _)) return DataType.Date;
        return JsonTimes.TryTimestamp(token.Text, null, out _) ? DataType.Timestamp : DataType.String;
    }
}
