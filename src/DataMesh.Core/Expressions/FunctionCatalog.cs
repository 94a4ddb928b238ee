using DataMesh.Core.Errors;
using DataMesh.Core.Expressions.Functions;

namespace DataMesh.Core.Expressions;

/// <summary>All functions and operators of the expression language.</summary>
public static class FunctionCatalog
{
    /// <summary>Every function and operator, in the order of the reference page.</summary>
    public static IReadOnlyList<FunctionDescription> All { get; } =
        [.. OperatorDeclarations.All, .. ConditionFunctions.All, .. TextFunctions.All, .. PatternFunctions.All, .. NumberFunctions.All, .. TimeFunctions.All, .. JsonFunctions.All, .. HashFunctions.All];

    private static readonly Dictionary<string, FunctionDescription> ByName = Index();

    /// <summary>Every name that can be called, aliases included.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [.. ByName.Where(each => each.Value.Category != FunctionCategory.Operators).Select(each => each.Key)];

    /// <summary>The function or operator of this name or alias, or null.</summary>
    public static FunctionDescription? Find(string name) => ByName.GetValueOrDefault(name.Trim());

    /// <summary>The hint for a name that is not there.</summary>
    public static string HintFor(string name) => Nearest.Find(name, Names) is { } near ? $"did you mean '{near}'?" : "the functions are listed in docs/reference/expressions.md";

    private static Dictionary<string, FunctionDescription> Index()
    {
        var index = new Dictionary<string, FunctionDescription>(StringComparer.OrdinalIgnoreCase);
        foreach (var function in All)
        {
            index.Add(function.Name, function);
            foreach (var alias in function.Aliases) index.Add(alias, function);
        }

        return index;
    }
}
