using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Tests.Text;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Csv;

/// <summary>Random and damaged bytes through describing and decoding: an error for people at most, and every byte in a row or a bad record.</summary>
public class CsvFuzzTests
{
    private static readonly CsvFormat Format = new();

    private static readonly string[] Starts =
    [
        "a,b,c\n1,2.5,x\n2,3.5,\"y, z\"\n3,,\n",
        "id;when;flag\r\n1;2024-01-31;true\r\n2;2024-02-01 10:00:00;false\r\n",
        "x\ty\n\"1\"\t\"\"\"\"\n\n2\t0\n",
        "# note\n# more\na|b\n1|2\n",
        "n\n1\n\n2\n00123\n",
        "d\n12/31/2019\n01/02/2020\n",
    ];

    [Fact]
    public async Task Damaged_files_lose_no_byte()
    {
        foreach (var seed in FuzzSeeds.Of(500))
        {
            var random = new Random(seed);
            var bytes = Encoding.UTF8.GetBytes(Starts[random.Next(Starts.Length)]);
            if (random.Next(4) == 0) bytes = [.. Enumerable.Repeat(bytes, 40).SelectMany(each => each)];
            for (var n = random.Next(0, 12); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : ",;\"\n\r\t '#1a"[random.Next(11)]);
            await CheckAsync(bytes, random.Next(2) == 0 ? 1 << 16 : random.Next(1, 200), seed);
        }
    }

    [Fact]
    public async Task Random_bytes_do_no_harm()
    {
        foreach (var seed in FuzzSeeds.Of(200))
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(0, 600)];
            random.NextBytes(bytes);
            for (var i = 0; i < bytes.Length && seed % 2 == 0; i++) bytes[i] = (byte)"abc,;\"\n\r12. -:\u00fc"[bytes[i] % 15];
            await CheckAsync(bytes, random.Next(1, 200), seed);
        }
    }

    private static async Task CheckAsync(byte[] bytes, int blockBytes, int seed)
    {
        using var file = new TempFile(bytes);
        FileHead head;
        FormatDescription description;
        try
        {
            head = TextHead.Read(file.Path);
            if (Format.Recognise(head) is < 0 or > 1) Assert.Fail($"seed {seed}: a share over 1");
            description = Format.Describe(head, new FormatOptions());
        }
        catch (DataMeshException)
        {
            return;
        }

        var output = new CollectedOutput(encoding: Encoding.Latin1);
        var split = new Split("0", "fuzz", 0, -1, bytes.Length, "");
        await using var reader = await Format.OpenAsync(new FileToOpen(file.Path, split, 0, blockBytes), description, new DecodePlan(description.Schema, seed % 2 == 0), default);
        var decoder = reader.CreateDecoder();
        var end = ((CsvDialect)description.Dialect).DataStart;
        while (await reader.ReadAsync(default) is { } block)
        {
            Assert.Equal(end, block.Start);
            end = block.End;
            var before = (output.Rows.Count, output.BadRecords.Count, output.Widenings.Count);
            output.Widenings.Clear();
            decoder.Decode(block, output);
            if (output.Widenings.Count > 0) Assert.Equal((before.Item1, before.Item2), (output.Rows.Count, output.BadRecords.Count));
            else CheckCovered(head.Bytes.Span[(int)block.Start..(int)Math.Min(block.End, head.Bytes.Length)], block, output, before.Item1, before.Item2, (CsvDialect)description.Dialect, seed);
            block.Dispose();
        }

        Assert.True(end >= head.Bytes.Length, $"seed {seed}: the file ends at {head.Bytes.Length}, the blocks at {end}");
    }

    /// <summary>What lies between the records of a block is line ends and comments.</summary>
    private static void CheckCovered(ReadOnlySpan<byte> text, SourceBlock block, CollectedOutput output, int rows, int bad, CsvDialect dialect, int seed)
    {
        var covered = new bool[text.Length];
        foreach (var (position, record) in output.Origins.Skip(rows)) Cover(covered, position - block.Start, record);
        foreach (var (record, position, _, _) in output.BadRecords.Skip(bad)) Cover(covered, position - block.Start, record);
        for (var i = 0; i < text.Length; i++)
        {
            if (covered[i] || text[i] is (byte)'\n' or (byte)'\r') continue;
            if (dialect.Comment.Length > 0 && text[..(i + 1)].LastIndexOf(dialect.Terminator) + 1 is var line && text[line..].StartsWith(dialect.Comment)) continue;
            Assert.Fail($"seed {seed}: byte {i} of {Encoding.UTF8.GetString(text)} is in no record");
        }
    }

    private static void Cover(bool[] covered, long start, string record) =>
        covered.AsSpan((int)start, Math.Min(record.Length, covered.Length - (int)start)).Fill(true);
}
