using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using DataMesh.Core.Columns;
using DataMesh.Formats.Json;

namespace DataMesh.Formats.Tests.Json;

/// <summary>Random and broken records, held against System.Text.Json and against ourselves. DATAMESH_FUZZ_SECONDS makes the run long.</summary>
public class JsonFuzzTests
{
    private static readonly Schema Texts = new(new[] { "a", "b", "c", "o.x", "o.y" }.Select(name => new Field(name, DataType.String)));

    private static readonly Schema Typed = new(
    [
        new Field("a", DataType.Int64), new Field("b", DataType.Float64), new Field("c", DataType.Timestamp), new Field("o.x", DataType.Bool), new Field("o.y", DataType.Json),
    ]);

    [Fact]
    public async Task Agrees_with_another_reader()
    {
        await foreach (var (random, seed) in Rounds())
        {
            var lines = Lines(random, random.Next(200));
            var read = await JsonReading.ReadAsync(Join(lines), schema: Texts, format: JsonFormat.Lines, options: new FormatOptions { RecordPath = null }, blockBytes: random.Next(2) == 0 ? 1 << 20 : random.Next(1, 400));
            var expected = lines.Select(Expected).ToList();
            Assert.True(expected.Count(each => each is null) == read.BadRecords.Count, $"seed {seed}");
            Assert.True(expected.Where(each => each is not null).SequenceEqual(read.Rows), $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_row_does_not_depend_on_its_neighbours()
    {
        await foreach (var (random, seed) in Rounds())
        {
            var lines = Lines(random, 90);
            var together = await JsonReading.ReadAsync(Join(lines), schema: Typed, format: JsonFormat.Lines);
            var (rows, bad) = (new List<string>(), new List<(string, string)>());
            foreach (var line in lines)
            {
                var alone = await JsonReading.ReadAsync(line, schema: Typed, format: JsonFormat.Lines);
                rows.AddRange(alone.Rows);
                bad.AddRange(alone.BadRecords.Select(each => (each.Record, each.Reason)));
            }

            Assert.True(rows.SequenceEqual(together.Rows), $"seed {seed}");
            Assert.True(bad.SequenceEqual(together.BadRecords.Select(each => (each.Record, each.Reason))), $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_document_gives_the_same_rows_as_its_lines()
    {
        await foreach (var (random, seed) in Rounds())
        {
            var good = Lines(random, 30).Where(each => Expected(each) is not null).ToList();
            var lines = await JsonReading.ReadAsync(Join(good), schema: Texts, format: JsonFormat.Lines);
            var text = new StringBuilder("{\"before\":[1,\"]}\\\\\\\"\",{\"r\":0}],\"deep\":{\"r\":[");
            for (var i = 0; i < good.Count; i++) text.Append(i > 0 ? "," : "").Append(Space(random)).Append(Encoding.UTF8.GetString(good[i])).Append(Space(random));
            text.Append("]},\"after\":null}");
            var read = await JsonReading.ReadAsync(text.ToString(), new FormatOptions { RecordPath = "$.deep.r[*]" }, Texts, blockBytes: random.Next(1, 300));
            Assert.True(lines.Rows.SequenceEqual(read.Rows), $"seed {seed}");
            Assert.Empty(read.BadRecords);
        }
    }

    [Fact]
    public async Task Any_bytes_are_survived_and_accounted_for()
    {
        await foreach (var (random, seed) in Rounds())
        {
            var bytes = Join(Lines(random, 10));
            if (random.Next(2) == 0) bytes = [(byte)'[', .. bytes.Select(each => each == '\n' ? (byte)',' : each), (byte)']'];
            for (var i = random.Next(20); i > 0; i--) bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"{}[]\",:\\\n 0e-"[random.Next(13)];
            try
            {
                var read = await JsonReading.ReadAsync(bytes, blockBytes: random.Next(1, 200), widening: random.Next(2) == 0, needsOrigin: true);
                Assert.True(read.Blocks.Count == 0 || read.Blocks[^1].End == bytes.Length, $"seed {seed}");
            }
            catch (Core.Errors.DataMeshException)
            {
                // The head could not be described, which is an answer.
            }
        }
    }

    [Fact]
    public unsafe void Vector_scans_equal_scalar_ones()
    {
        var random = new Random(11);
        for (var round = 0; round < 3000; round++)
        {
            var length = random.Next(1, 300);
            var text = new byte[length + 64];
            for (var i = 0; i < text.Length; i++) text[i] = (byte)"{}[]\"\\\\ax,"[random.Next(10)];
            text[0] = (byte)(random.Next(2) == 0 ? '{' : '[');
            fixed (byte* start = text)
            {
                var (vector, scalar) = (JsonDepthScan.Begin(text[0]), JsonDepthScan.Begin(text[0]));
                var cut = random.Next(length);
                var (a, b) = (vector.Feed(start, cut, false), scalar.FeedScalar(start, cut, false));
                if (a < 0 && b < 0) (a, b) = (vector.Feed(start + cut, length - cut, true), scalar.FeedScalar(start + cut, length - cut, true));
                Assert.Equal(b, a);
                Assert.Equal(JsonScan.StringSpecialScalar(start + 1, start + length) - start, JsonScan.StringSpecial(start + 1, start + length) - start);
            }
        }
    }

    [Fact]
    public unsafe void Fast_numbers_equal_the_framework()
    {
        var random = new Random(12);
        for (var round = 0; round < 20_000; round++)
        {
            var text = Number(random);
            var bytes = Encoding.ASCII.GetBytes(text + ",                                ");
            fixed (byte* start = bytes)
            {
                var expected = double.Parse(text, CultureInfo.InvariantCulture);
                if (JsonNumbers.Double(start, out var fast) is var end && end != null)
                    Assert.Equal((text.Length, BitConverter.DoubleToInt64Bits(expected)), ((int)(end - start), BitConverter.DoubleToInt64Bits(fast)));
                if (JsonNumbers.DoubleScalar(start, out var plain) is var stop && stop != null)
                    Assert.Equal((text.Length, BitConverter.DoubleToInt64Bits(expected)), ((int)(stop - start), BitConverter.DoubleToInt64Bits(plain)));
                Assert.True(!JsonNumbers.TryDouble(bytes.AsSpan(0, text.Length), out var careful) || BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(careful), text);
                if (!text.AsSpan().ContainsAny(".eE") && JsonNumbers.Integer(start, out var integer) is var next && next != null)
                    Assert.Equal((text.Length, long.Parse(text)), ((int)(next - start), integer));
                if (!text.AsSpan().ContainsAny(".eE") && JsonNumbers.IntegerScalar(start, out var whole) is var last && last != null)
                    Assert.Equal((text.Length, long.Parse(text)), ((int)(last - start), whole));
            }
        }
    }

    [Theory]
    [InlineData("01")]
    [InlineData("-01")]
    [InlineData("00.5")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("-")]
    [InlineData("-.5")]
    [InlineData("+1")]
    [InlineData("")]
    [InlineData("1e5")]
    [InlineData("1234567890123456")]
    public unsafe void Fast_numbers_leave_what_is_odd(string text)
    {
        fixed (byte* start = Encoding.ASCII.GetBytes(text + ",                                "))
        {
            Assert.True(JsonNumbers.Double(start, out _) == null);
            Assert.True(JsonNumbers.DoubleScalar(start, out _) == null);
            // An integer may end at a point or an exponent: the caller looks at what follows.
            if (!text.AsSpan().ContainsAny(".e")) Assert.True(JsonNumbers.Integer(start, out _) == null);
        }
    }

    [Fact]
    public unsafe void Fast_times_equal_the_careful_ones()
    {
        var random = new Random(13);
        for (var round = 0; round < 50_000; round++)
        {
            var time = new DateTime(random.NextInt64(DateTime.MaxValue.Ticks / (1 + random.Next(8))), DateTimeKind.Unspecified);
            var text = Encoding.ASCII.GetBytes(time.ToString(random.Next(2) == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + "\"                                ");
            if (random.Next(3) == 0) text[random.Next(19)] = random.Next(2) == 0 ? (byte)('0' + random.Next(10)) : (byte)random.Next(256);
            fixed (byte* start = text)
            {
                // A small t, and an offset in place of the seconds, are left to the careful way.
                var expected = JsonTimes.TryTimestamp(text.AsSpan(0, 19), null, out var careful) && text[10] != 't' && text[16] == ':';
                Assert.Equal((expected, expected ? careful : 0), (JsonTimes.TryCompact(start, out var fast), expected ? fast : 0));
                Assert.Equal((expected, expected ? careful : 0), (JsonTimes.TryCompactScalar(start, out var plain), expected ? plain : 0));
            }
        }
    }

    [Fact]
    public async Task Rows_know_their_records()
    {
        await foreach (var (random, seed) in Rounds())
        {
            var lines = Lines(random, 300);
            var text = Join(lines.SelectMany(each => random.Next(20) == 0 ? new[] { each, [], "  "u8.ToArray() } : [each]));
            var read = await JsonReading.ReadAsync(text, schema: Typed, format: JsonFormat.Lines, blockBytes: random.Next(1, 30_000), needsOrigin: true);
            var position = 0;
            foreach (var (at, record) in read.Origins)
            {
                Assert.True(at >= position, $"seed {seed}");
                position = (int)at + 1;
            }

            var seen = read.Origins.Select(each => each.Record).Concat(read.BadRecords.Select(each => each.Record)).Select(each => each.Trim()).Order(StringComparer.Ordinal);
            Assert.True(lines.Select(each => Encoding.UTF8.GetString(each).Trim()).Order(StringComparer.Ordinal).SequenceEqual(seen), $"seed {seed}");
            for (var row = 0; row < read.Rows.Count; row++)
            {
                var alone = await JsonReading.ReadAsync(read.Origins[row].Record, schema: Typed, format: JsonFormat.Lines);
                Assert.True(alone.Rows.Count == 1 && alone.Rows[0] == read.Rows[row], $"seed {seed}");
                row += random.Next(20);
            }
        }
    }

    private static async IAsyncEnumerable<(Random Random, int Seed)> Rounds()
    {
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("DATAMESH_FUZZ_SECONDS"), out var given) ? given : 0;
        var watch = Stopwatch.StartNew();
        var first = seconds > 0 ? Environment.TickCount : 0;
        for (var round = 0; round < 25 || watch.Elapsed.TotalSeconds < seconds; round++)
        {
            yield return (new Random(first + round), first + round);
            await Task.Yield();
        }
    }

    /// <summary>Records that mostly share a form, some of another, some broken.</summary>
    private static List<byte[]> Lines(Random random, int count)
    {
        var style = (Spaced: random.Next(3) == 0, Order: random.Next(2) == 0);
        var lines = new List<byte[]>();
        while (lines.Count < count)
        {
            var line = Encoding.UTF8.GetBytes(random.Next(4) == 0 ? RandomObject(random, 0) : Regular(random, style.Spaced, style.Order));
            if (random.Next(8) == 0) line[random.Next(line.Length)] = random.Next(4) == 0 ? NoCapital((byte)random.Next(32, 256)) : (byte)"{}[]\",:\\ 0e-tn"[random.Next(14)];
            if (!line.Contains((byte)'\n') && line.AsSpan().IndexOf("\\u0041"u8) < 0 && line.Any(each => each > ' ') && !HasLoneSurrogate(line)) lines.Add(line);
        }

        return lines;
    }

    /// <summary>Column names are compared ignoring case, members of the other reader are not. (The escape of a capital A, one digit from that of a, is left out too.)</summary>
    private static byte NoCapital(byte c) => c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c + 32) : c;

    private static string Regular(Random random, bool spaced, bool order)
    {
        var (colon, comma) = spaced ? (": ", ", ") : (":", ",");
        var a = $"\"a\"{colon}{Scalar(random, 0)}";
        var b = $"\"b\"{colon}{Scalar(random, 1)}";
        var c = $"\"c\"{colon}{Scalar(random, 2)}";
        var o = $"\"o\"{colon}{{\"x\"{colon}{Scalar(random, 3)}{comma}\"y\"{colon}{Scalar(random, 4)}}}";
        return order ? $"{{{a}{comma}{b}{comma}{c}{comma}{o}}}" : $"{{{o}{comma}{c}{comma}{a}{comma}{b}}}";
    }

    private static string Scalar(Random random, int kind) => random.Next(10) == 0 ? RandomValue(random, 3) : kind switch
    {
        0 => random.NextInt64(-1000, long.MaxValue >> random.Next(64)).ToString(CultureInfo.InvariantCulture),
        1 => Number(random),
        2 => $"\"20{random.Next(0, 30):00}-{random.Next(0, 14):00}-{random.Next(0, 33):00}{"T "[random.Next(2)]}{random.Next(0, 25):00}:{random.Next(0, 61):00}:{random.Next(0, 61):00}{new[] { "", "", "Z", ".5", "+01:30" }[random.Next(5)]}\"",
        3 => random.Next(2) == 0 ? "true" : "false",
        _ => RandomValue(random, 2),
    };

    private static string Number(Random random) => random.Next(6) switch
    {
        0 => random.Next(-100, 100).ToString(CultureInfo.InvariantCulture),
        1 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
        2 => (random.NextDouble() * 1e6 - 5e5).ToString($"F{random.Next(1, 9)}", CultureInfo.InvariantCulture),
        3 => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
        4 => $"{random.Next(-9, 10)}{"eE"[random.Next(2)]}{new[] { "", "+", "-" }[random.Next(3)]}{random.Next(0, 30)}",
        _ => $"{random.Next(0, 2)}.{random.Next(0, 100000):00000}{random.Next(0, 1000000):000000}",
    };

    private static string RandomObject(Random random, int depth)
    {
        var members = Enumerable.Range(0, random.Next(6)).Select(_ => $"{Space(random)}\"{new[] { "a", "b", "c", "o", "x", "y", "z", "\\u0061", "" }[random.Next(9)]}\"{Space(random)}:{Space(random)}{RandomValue(random, depth + 1)}{Space(random)}");
        return $"{{{string.Join(',', members)}}}";
    }

    private static string RandomValue(Random random, int depth) => random.Next(depth > 3 ? 5 : 8) switch
    {
        0 => new[] { "null", "true", "false" }[random.Next(3)],
        1 => Number(random),
        2 or 3 or 4 => $"\"{string.Concat(Enumerable.Range(0, random.Next(random.Next(2) == 0 ? 5 : 70)).Select(_ => new[] { "a", "b", " ", "é", "€", "😀", "\\n", "\\\"", "\\\\", "\\u00e9", "\\ud83d\\ude00", "{", "]", "," }[random.Next(random.Next(4) == 0 ? 14 : 3)]))}\"",
        5 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Space(random) + RandomValue(random, depth + 1)))}{Space(random)}]",
        _ => RandomObject(random, depth),
    };

    private static string Space(Random random) => random.Next(5) == 0 ? " \t"[..random.Next(3)] : "";

    private static byte[] Join(IEnumerable<byte[]> lines) => [.. lines.SelectMany(each => each.Append((byte)'\n'))];

    /// <summary>The other reader can not say what such a record holds.</summary>
    private static bool HasLoneSurrogate(byte[] line)
    {
        try
        {
            _ = Expected(line);
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>The row that the other reader sees; null when it refuses the record.</summary>
    private static string? Expected(byte[] line)
    {
        if (!Utf8.IsValid(line)) return null;
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 64 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            var values = new string?[Texts.Count];
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name == "o") values[3] = values[4] = null;
                if (member.Name == "o" && member.Value.ValueKind == JsonValueKind.Object)
                {
                    foreach (var inner in member.Value.EnumerateObject())
                        if (Texts.IndexOf("o." + inner.Name) is var at and >= 3 && Texts[at].Name == "o." + inner.Name) values[at] = Canonical(inner.Value);
                }
                else if (Texts.IndexOf(member.Name) is var at and >= 0 && Texts[at].Name == member.Name)
                {
                    values[at] = Canonical(member.Value);
                }
            }

            return string.Join(" ", Texts.Zip(values).Where(each => each.Second is not null).Select(each => $"{each.First.Name}={each.Second}"));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Object or JsonValueKind.Array => Minimise(value.GetRawText()),
        _ => value.GetRawText(),
    };

    private static string Minimise(string text)
    {
        var (result, inString) = (new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            if (!inString && " \t\r\n".Contains(text[i])) continue;
            result.Append(text[i]);
            if (text[i] == '"') inString = !inString;
            else if (text[i] == '\\') result.Append(text[++i]);
        }

        return result.ToString();
    }
}
