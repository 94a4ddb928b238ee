using System.Text;

namespace DataMesh.DataPlane.Kernels;

/// <summary><c>like</c> and <c>ilike</c>.</summary>
internal static class LikeKernels
{
    public static IEnumerable<(string Key, KernelEntry Kernel)> All { get; } =
    [
        ("like(string,string,string?)", RowKernels.Bool<Like>(call => Prepare(call, ignoreCase: false))),
        ("ilike(string,string,string?)", RowKernels.Bool<LikeIgnoringCase>(call => Prepare(call, ignoreCase: true))),
    ];

    private static LikePattern? Prepare(KernelCall call, bool ignoreCase)
    {
        if (RowKernels.ConstantText(call[1]) is not { } pattern) return null;
        if (call.Count > 2 && RowKernels.ConstantText(call[2]) is null) return null;
        return new LikePattern(Encoding.UTF8.GetBytes(pattern), call.Count > 2 ? call[2].Constant!.Bytes : [], ignoreCase);
    }

    private static bool Match(in Row row, bool ignoreCase)
    {
        var pattern = row.State as LikePattern ?? new LikePattern(row.Text(1).ToArray(), row.Count > 2 ? row.Text(2).ToArray() : [], ignoreCase);
        return pattern.Matches(row.Text(0));
    }

    private readonly struct Like : IRowFunction<bool>
    {
        public static Outcome Apply(in Row row, out bool result)
        {
            result = Match(row, ignoreCase: false);
            return Outcome.Value;
        }
    }

    private readonly struct LikeIgnoringCase : IRowFunction<bool>
    {
        public static Outcome Apply(in Row row, out bool result)
        {
            result = Match(row, ignoreCase: true);
            return Outcome.Value;
        }
    }
}
