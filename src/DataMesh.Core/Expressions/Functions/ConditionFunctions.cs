namespace DataMesh.Core.Expressions.Functions;

/// <summary>Functions that choose between values.</summary>
internal static class ConditionFunctions
{
    public static FunctionDescription[] All { get; } =
    [
        new("coalesce", FunctionCategory.Conditions, "The first argument that is not null. Later arguments are computed only while nulls are left.",
            ["coalesce(value T, other T...) -> T"],
            ["coalesce(null, 2, 3) => 2", "coalesce(null, null) is null => true"]) { Aliases = ["ifnull"] },
        new("nullif", FunctionCategory.Conditions, "Null when both are equal, else the first: <c>a / nullif(b, 0)</c>.",
            ["nullif(value T, other T) -> T?"],
            ["nullif(5, 0) => 5", "nullif(0, 0) => null"]),
        new("if", FunctionCategory.Conditions, "The second argument where the condition is true, the third where it is false or null.",
            ["if(condition bool, then T, otherwise T) -> T"],
            ["if(2 > 1, 'yes', 'no') => 'yes'", "if(null, 1, 2) => 2"]) { Aliases = ["iif"] },
    ];
}
