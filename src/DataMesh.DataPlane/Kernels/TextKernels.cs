using System.Text;
using DataMesh.Core;

namespace DataMesh.DataPlane.Kernels;

/// <summary>The functions of texts.</summary>
internal static class TextKernels
{
    public static IEnumerable<(string Key, KernelEntry Kernel)> All { get; } =
    [
        ("upper(string)", RowKernels.Text<Upper>()),
        ("lower(string)", RowKernels.Text<Lower>()),
        ("initcap(string)", RowKernels.Text<Initcap>()),
        ("trim(string,string?)", RowKernels.Text<Trim>()),
        ("ltrim(string,string?)", RowKernels.Text<TrimLeft>()),
        ("rtrim(string,string?)", RowKernels.Text<TrimRight>()),
        ("length(string)", RowKernels.Fixed<long, Length>()),
        ("octet_length(string)", RowKernels.Fixed<long, OctetLength>()),
        ("left(string,int64)", RowKernels.Text<Left>()),
        ("right(string,int64)", RowKernels.Text<Right>()),
        ("substr(string,int64,int64?)", RowKernels.Text<Substr>()),
        ("replace(string,string,string)", RowKernels.Text<Replace>()),
        ("split_part(string,string,int64)", RowKernels.Text<SplitPart>()),
        ("lpad(string,int64,string?)", RowKernels.Text<PadLeft>()),
        ("rpad(string,int64,string?)", RowKernels.Text<PadRight>()),
        ("repeat(string,int64)", RowKernels.Text<Repeat>()),
        ("reverse(string)", RowKernels.Text<Reverse>()),
        ("starts_with(string,string)", RowKernels.Bool<StartsWith>()),
        ("ends_with(string,string)", RowKernels.Bool<EndsWith>()),
        ("contains(string,string)", RowKernels.Bool<Contains>()),
        ("position(string,string)", RowKernels.Fixed<long, Position>()),
        ("translate(string,string,string)", RowKernels.Text<Translate>()),
        ("ascii(string)", RowKernels.Fixed<long, CodePoint>()),
        ("chr(int64)", RowKernels.Text<Character>()),
        ("to_hex(int64)", RowKernels.Text<ToHex>()),
        ("url_encode(string)", RowKernels.Text<UrlEncode>()),
        ("url_decode(string)", RowKernels.Text<UrlDecode>()),
    ];

    private readonly struct Upper : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            Utf8Text.WriteCase(row.Text(0), upper: true, output);
            return Outcome.Value;
        }
    }

    private readonly struct Lower : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            Utf8Text.WriteCase(row.Text(0), upper: false, output);
            return Outcome.Value;
        }
    }

    private readonly struct Initcap : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var characters = Encoding.UTF8.GetString(row.Text(0)).ToCharArray();
            var inside = false;
            for (var i = 0; i < characters.Length; i++)
            {
                characters[i] = inside ? char.ToLowerInvariant(characters[i]) : char.ToUpperInvariant(characters[i]);
                inside = char.IsLetterOrDigit(characters[i]);
            }

            output.Write(characters);
            return Outcome.Value;
        }
    }

    private readonly struct Trim : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            output.Write(TrimKernel.Cut(row, left: true, right: true));
            return Outcome.Value;
        }
    }

    private readonly struct TrimLeft : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            output.Write(TrimKernel.Cut(row, left: true, right: false));
            return Outcome.Value;
        }
    }

    private readonly struct TrimRight : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            output.Write(TrimKernel.Cut(row, left: false, right: true));
            return Outcome.Value;
        }
    }

    private readonly struct Length : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result)
        {
            result = Utf8Text.CountCharacters(row.Text(0));
            return Outcome.Value;
        }
    }

    private readonly struct OctetLength : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result)
        {
            result = row.Text(0).Length;
            return Outcome.Value;
        }
    }

    private readonly struct Left : ITextFunction
    {
        /// <summary>A negative count leaves out that many at the other end.</summary>
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var text = row.Text(0);
            var count = row.Long(1);
            if (count < 0) count = Math.Max(0, Utf8Text.CountCharacters(text) + Math.Max(count, int.MinValue));
            output.Write(Utf8Text.Slice(text, 0, count));
            return Outcome.Value;
        }
    }

    private readonly struct Right : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var text = row.Text(0);
            var count = row.Long(1);
            var all = Utf8Text.CountCharacters(text);
            var from = count < 0 ? -Math.Max(count, int.MinValue) : all - Math.Min(count, all);
            output.Write(text[Utf8Text.IndexOfCharacter(text, from)..]);
            return Outcome.Value;
        }
    }

    private readonly struct Substr : ITextFunction
    {
        /// <summary>Counts from 1; a negative start counts from the end; a start of 0 stands before the first character.</summary>
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var text = row.Text(0);
            var start = Math.Clamp(row.Long(1), int.MinValue, int.MaxValue);
            var length = row.Count > 2 ? Math.Clamp(row.Long(2), int.MinValue, int.MaxValue) : int.MaxValue;
            if (start < 0) start = Utf8Text.CountCharacters(text) + start + 1;
            if (length < 0) (start, length) = (start + length, -length);
            var end = start + length;
            start = Math.Max(start, 1);
            output.Write(Utf8Text.Slice(text, start - 1, end - start));
            return Outcome.Value;
        }
    }

    private readonly struct Replace : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            TextEditing.Replace(row.Text(0), row.Text(1), row.Text(2), output);
            return Outcome.Value;
        }
    }

    private readonly struct SplitPart : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            output.Write(TextEditing.Part(row.Text(0), row.Text(1), row.Long(2)));
            return Outcome.Value;
        }
    }

    private readonly struct PadLeft : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output) => TextEditing.Pad(row, left: true, output);
    }

    private readonly struct PadRight : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output) => TextEditing.Pad(row, left: false, output);
    }

    private readonly struct Repeat : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var text = row.Text(0);
            var count = row.Long(1);
            if (count <= 0 || text.IsEmpty) return Outcome.Value;
            if (count > Limits.RecordBytesMax / text.Length) return Outcome.Fail;
            for (var i = 0L; i < count; i++) output.Write(text);
            return Outcome.Value;
        }
    }

    private readonly struct Reverse : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            var text = row.Text(0);
            for (var end = text.Length; end > 0;)
            {
                var start = end - 1;
                while (start > 0 && (text[start] & 0xC0) == 0x80) start--;
                output.Write(text[start..end]);
                end = start;
            }

            return Outcome.Value;
        }
    }

    private readonly struct StartsWith : IRowFunction<bool>
    {
        public static Outcome Apply(in Row row, out bool result)
        {
            result = row.Text(0).StartsWith(row.Text(1));
            return Outcome.Value;
        }
    }

    private readonly struct EndsWith : IRowFunction<bool>
    {
        public static Outcome Apply(in Row row, out bool result)
        {
            result = row.Text(0).EndsWith(row.Text(1));
            return Outcome.Value;
        }
    }

    private readonly struct Contains : IRowFunction<bool>
    {
        public static Outcome Apply(in Row row, out bool result)
        {
            result = row.Text(0).IndexOf(row.Text(1)) >= 0;
            return Outcome.Value;
        }
    }

    private readonly struct Position : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result)
        {
            var text = row.Text(0);
            var at = text.IndexOf(row.Text(1));
            result = at < 0 ? 0 : Utf8Text.CountCharacters(text[..at]) + 1;
            return Outcome.Value;
        }
    }

    private readonly struct Translate : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output) => TextEditing.Translate(row.Text(0), row.Text(1), row.Text(2), output);
    }

    private readonly struct CodePoint : IRowFunction<long>
    {
        public static Outcome Apply(in Row row, out long result)
        {
            result = Rune.DecodeFromUtf8(row.Text(0), out var rune, out _) == System.Buffers.OperationStatus.Done ? rune.Value : 0;
            return Outcome.Value;
        }
    }

    private readonly struct Character : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            if (row.Long(0) is < 0 or > 0x10FFFF || !Rune.TryCreate((int)row.Long(0), out var rune)) return Outcome.Fail;
            output.Advance(rune.EncodeToUtf8(output.Reserve(4)));
            return Outcome.Value;
        }
    }

    private readonly struct ToHex : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            row.Long(0).TryFormat(output.Reserve(16), out var written, "X");
            output.Advance(written);
            return Outcome.Value;
        }
    }

    private readonly struct UrlEncode : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            output.Write(Uri.EscapeDataString(Encoding.UTF8.GetString(row.Text(0))));
            return Outcome.Value;
        }
    }

    private readonly struct UrlDecode : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            output.Write(Uri.UnescapeDataString(Encoding.UTF8.GetString(row.Text(0))));
            return Outcome.Value;
        }
    }
}
