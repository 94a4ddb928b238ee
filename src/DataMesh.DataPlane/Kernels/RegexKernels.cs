using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Regular expressions, run in linear time: no pattern can make a row hang. Look-around and back-references are not available, as in RE2.</summary>
internal static class RegexKernels
{
    public static IEnumerable<(string Key, KernelEntry Kernel)> All { get; } =
    [
        ("regexp_matches(string,string,string?)", RowKernels.Bool<Matches>(call => Prepare(call, 2, whole: false))),
        ("regexp_full_match(string,string,string?)", RowKernels.Bool<Matches>(call => Prepare(call, 2, whole: true))),
        ("regexp_count(string,string,string?)", RowKernels.Fixed<long, Count>(call => Prepare(call, 2, whole: false))),
        ("regexp_extract(string,string,int64?)", RowKernels.Text<Extract>(call => Prepare(call, -1, whole: false))),
        ("regexp_replace(string,string,string,string?)", RowKernels.Text<Replace>(call => Prepare(call, 3, whole: false))),
    ];

    private static CompiledPattern Prepare(KernelCall call, int optionsAt, bool whole)
    {
        if (RowKernels.ConstantText(call[1]) is not { } pattern) throw new DataMeshException("The pattern of a regular expression must be a constant text.", hint: "use contains, like or position to search for a computed text");
        var options = optionsAt > 0 && call.Count > optionsAt ? RowKernels.ConstantText(call[optionsAt]) ?? "" : "";
        return new CompiledPattern(pattern, options, whole, optionsAt == 3 && call.Count > 2 ? RowKernels.ConstantText(call[2]) : null);
    }

    private readonly struct Matches : IRowFunction<bool>
    {
        public static Outcome Apply(in Row row, out bool result)
        {
            var characters = ArrayPool<char>.Shared.Rent(row.Text(0).Length + 1);
            var length = Encoding.UTF8.GetChars(row.Text(0), characters);
            result = ((CompiledPattern)row.State!).Regex.IsMatch(characters.AsSpan(0, length));
            ArrayPool<char>.Shared.Return(characters);
            return Outcome.Value;
        }
    }

    private readonly struct Count : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result)
        {
            var characters = ArrayPool<char>.Shared.Rent(row.Text(0).Length + 1);
            var length = Encoding.UTF8.GetChars(row.Text(0), characters);
            result = ((CompiledPattern)row.State!).Regex.Count(characters.AsSpan(0, length));
            ArrayPool<char>.Shared.Return(characters);
            return Outcome.Value;
        }
    }

    private readonly struct Extract : ITextFunction
    {
        /// <summary>Empty when nothing matches or the group took no part.</summary>
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var match = ((CompiledPattern)row.State!).Regex.Match(Encoding.UTF8.GetString(row.Text(0)));
            var group = row.Count > 2 ? row.Long(2) : 0;
            if (group < 0 || group >= match.Groups.Count && match.Success) return Outcome.Fail;
            if (match.Success) output.Write(match.Groups[(int)group].ValueSpan);
            return Outcome.Value;
        }
    }

    private readonly struct Replace : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var pattern = (CompiledPattern)row.State!;
            var replacement = pattern.Replacement ?? CompiledPattern.ToNet(Encoding.UTF8.GetString(row.Text(2)));
            output.Write(pattern.Regex.Replace(Encoding.UTF8.GetString(row.Text(0)), replacement, pattern.ReplacesAll ? -1 : 1));
            return Outcome.Value;
        }
    }
}

/// <summary>A regular expression with its options: <c>i</c> ignores case, <c>s</c> lets the dot take newlines, <c>m</c> ^ and $ at lines, <c>g</c> replaces all.</summary>
internal sealed class CompiledPattern
{
    public CompiledPattern(string pattern, string options, bool whole, string? replacement)
    {
        var flags = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        foreach (var option in options)
        {
            flags |= option switch
            {
                'i' => RegexOptions.IgnoreCase,
                's' => RegexOptions.Singleline,
                'm' or 'n' => RegexOptions.Multiline,
                'g' or 'c' => RegexOptions.None,
                _ => throw new DataMeshException($"'{option}' is not an option of regular expressions.", hint: "i ignores case, s lets the dot take newlines, m makes ^ and $ match at lines, g replaces all"),
            };
        }

        ReplacesAll = options.Contains('g');
        Replacement = replacement is null ? null : ToNet(replacement);
        try
        {
            Regex = new Regex(whole ? $@"\A(?:{pattern})\z" : pattern, flags);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new DataMeshException($"'{pattern}' is not a regular expression that can be used here.", detail: error.Message, hint: "look-around and back-references are not available", cause: error);
        }
    }

    public Regex Regex { get; }

    public bool ReplacesAll { get; }

    public string? Replacement { get; }

    /// <summary>A replacement with <c>\1</c> for groups, as .NET writes it.</summary>
    public static string ToNet(string replacement)
    {
        var text = new StringBuilder();
        for (var i = 0; i < replacement.Length; i++)
        {
            if (replacement[i] == '$') text.Append("$$");
            else if (replacement[i] != '\\' || i + 1 >= replacement.Length) text.Append(replacement[i]);
            else if (char.IsAsciiDigit(replacement[++i])) text.Append("${").Append(replacement[i]).Append('}');
            else text.Append(replacement[i]);
        }

        return text.ToString();
    }
}
