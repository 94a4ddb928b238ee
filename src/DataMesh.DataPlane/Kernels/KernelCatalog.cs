using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Finds the kernel of a bound call: operators by name and type, functions by the key of their signature.</summary>
internal static class KernelCatalog
{
    private static readonly Dictionary<string, KernelEntry> Functions = CollectFunctions();

    /// <summary>The keys of all functions that have a kernel.</summary>
    public static IReadOnlyCollection<string> Keys => Functions.Keys;

    public static KernelEntry Find(BoundCall call)
    {
        if (Functions.TryGetValue(call.Kernel, out var entry)) return entry;
        return Operator(call.Kernel, call.Arguments[0].Type.Kind) ?? throw new NotSupportedException($"No kernel for '{call.Kernel}' on {call.Arguments[0].Type}.");
    }

    private static KernelEntry? Operator(string name, TypeKind type)
    {
        Kernel? kernel = (name, type) switch
        {
            ("=", _) => Comparison.Run<IsEqual>,
            ("<>", _) => Comparison.Run<IsNotEqual>,
            ("<", _) => Comparison.Run<IsLess>,
            ("<=", _) => Comparison.Run<IsLessOrEqual>,
            (">", _) => Comparison.Run<IsGreater>,
            (">=", _) => Comparison.Run<IsGreaterOrEqual>,
            ("not", _) => NullTests.Not,
            ("+", TypeKind.Float64) => FloatArithmetic.Add,
            ("-", TypeKind.Float64) => FloatArithmetic.Subtract,
            ("*", TypeKind.Float64) => FloatArithmetic.Multiply,
            ("/", TypeKind.Float64) => FloatArithmetic.Divide,
            ("//", TypeKind.Float64) => FixedKernels.Try<double, double, double, FloorDivideDoubles>,
            ("%", TypeKind.Float64) => FixedKernels.Try<double, double, double, RemainderDoubles>,
            ("negate", TypeKind.Float64) => FloatArithmetic.Negate,
            ("+", TypeKind.Int64) => IntegerArithmetic.Run<CheckedAdd>,
            ("-", TypeKind.Int64) => IntegerArithmetic.Run<CheckedSubtract>,
            ("*", TypeKind.Int64) => IntegerArithmetic.Run<CheckedMultiply>,
            ("//", TypeKind.Int64) => FixedKernels.Try<long, long, long, DivideLongs>,
            ("%", TypeKind.Int64) => FixedKernels.Try<long, long, long, RemainderLongs>,
            ("negate", TypeKind.Int64) => FixedKernels.Try<long, long, NegateLong>,
            ("+" or "-" or "*" or "%", TypeKind.Decimal) => new DecimalArithmetic(name).Run,
            ("negate", TypeKind.Decimal) => FixedKernels.Try<Int128, Int128, NegateDecimal>,
            ("date_minus_date", _) => FixedKernels.Try<int, int, long, DateMinusDate>,
            ("date_plus_days", _) => FixedKernels.Try<int, long, int, DatePlusDays>,
            ("date_minus_days", _) => FixedKernels.Try<int, long, int, DateMinusDays>,
            ("add_interval", TypeKind.Date) => IntervalKernels.AddToDate,
            ("add_interval", TypeKind.Timestamp) => IntervalKernels.AddToTimestamp,
            _ => null,
        };
        if (kernel is not null) return new KernelEntry(kernel, CanFail: !IsTotal(name, type));
        return name switch
        {
            "is null" => new KernelEntry(NullTests.IsNull, IsStrict: false, CanFail: false),
            "is not null" => new KernelEntry(NullTests.IsNotNull, IsStrict: false, CanFail: false),
            "is distinct from" => new KernelEntry(NullTests.IsDistinct, IsStrict: false, CanFail: false),
            "is not distinct from" => new KernelEntry(NullTests.IsNotDistinct, IsStrict: false, CanFail: false),
            _ => null,
        };
    }

    /// <summary>Whether an operator gives a value or null for all arguments: comparisons, and floats, which overflow to infinity.</summary>
    private static bool IsTotal(string name, TypeKind type) => name switch
    {
        "=" or "<>" or "<" or "<=" or ">" or ">=" or "not" => true,
        "+" or "-" or "*" or "/" or "negate" => type == TypeKind.Float64,
        _ => false,
    };

    private static Dictionary<string, KernelEntry> CollectFunctions()
    {
        var all = new Dictionary<string, KernelEntry>();
        foreach (var (key, kernel) in TextKernels.All.Concat(ConcatKernels.All).Concat(LikeKernels.All).Concat(RegexKernels.All).Concat(NumberKernels.All)
            .Concat(TimeKernels.All).Concat(TimeTextKernels.All).Concat(JsonKernels.All).Concat(HashKernels.All))
            all.Add(key, kernel);
        return all;
    }
}
