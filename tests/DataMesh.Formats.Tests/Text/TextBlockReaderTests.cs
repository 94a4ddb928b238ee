using System.IO.Compression;
using System.Text;
using DataMesh.Core.Components;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Text;

public class TextBlockReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("one")]
    [InlineData("one\n")]
    [InlineData("one\ntwo\nthree")]
    [InlineData("one\r\n\r\na much longer line than the block\nx\n")]
    public async Task Blocks_join_to_the_text_and_end_at_line_ends(string text)
    {
        for (var size = 1; size <= 24; size++)
        {
            var blocks = await ReadAll(Encoding.UTF8.GetBytes(text), size);
            Assert.Equal(text, string.Concat(blocks.Select(each => each.Text)));
            for (var i = 0; i < blocks.Count; i++)
            {
                Assert.Equal(i == 0 ? 0 : blocks[i - 1].End, blocks[i].Start);
                Assert.True(i == blocks.Count - 1 || blocks[i].Text.EndsWith('\n'));
            }
        }
    }

    [Fact]
    public async Task Reading_resumes_at_the_end_of_any_block()
    {
        var text = string.Concat(Enumerable.Range(0, 50).Select(i => $"line {i}\n"));
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var block in await ReadAll(bytes, 32))
        {
            var rest = await ReadAll(bytes, 32, block.End);
            Assert.Equal(text[(int)block.End..], string.Concat(rest.Select(each => each.Text)));
        }
    }

    [Fact]
    public async Task A_record_over_the_limit_is_set_aside_with_its_first_bytes()
    {
        var text = "a\n" + new string('x', 5000) + "\nb\n";
        var blocks = await ReadAll(Encoding.UTF8.GetBytes(text), 64, recordBytesMax: 1000);
        Assert.Equal(["a\n", null, "b\n"], blocks.Select(each => each.Fault is null ? each.Text : null));
        var bad = blocks[1];
        Assert.Equal(QuarantineReasons.TooLarge, bad.Fault!.Reason);
        Assert.Equal((2, 2 + 5001), (bad.Start, bad.End));
        Assert.StartsWith("xxx", bad.Text);
    }

    [Fact]
    public async Task A_last_record_over_the_limit_ends_with_the_file()
    {
        var blocks = await ReadAll(Encoding.UTF8.GetBytes("a\n" + new string('x', 5000)), 64, recordBytesMax: 1000);
        Assert.Equal(2, blocks.Count);
        Assert.Equal(5002, blocks[1].End);
        Assert.NotNull(blocks[1].Fault);
    }

    [Theory]
    [InlineData("none", "utf-8", false)]
    [InlineData("none", "utf-8", true)]
    [InlineData("none", "utf-16le", true)]
    [InlineData("none", "utf-16be", true)]
    [InlineData("none", "utf-16le", false)]
    [InlineData("none", "latin-1", false)]
    [InlineData("gzip", "utf-8", false)]
    [InlineData("gzip", "utf-16le", true)]
    [InlineData("brotli", "utf-8", true)]
    [InlineData("brotli", "latin-1", false)]
    public async Task Compression_and_encoding_are_found_and_undone(string compression, string encoding, bool mark)
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"{i};Müller;Straße {i * i}\n"));
        using var file = new TempFile(Compress(Encode(text, encoding, mark), compression));
        var head = TextHead.Read(file.Path);
        Assert.Equal(new TextEncoding(compression, encoding, mark), head.Text);
        Assert.True(head.IsWhole);
        Assert.Equal(text, Encoding.UTF8.GetString(head.Bytes.Span));
        var blocks = await ReadFile(file.Path, head.Text, 256, 0);
        Assert.Equal(text, string.Concat(blocks.Select(each => each.Text)));
        var middle = blocks[blocks.Count / 2].Start;
        var rest = await ReadFile(file.Path, head.Text, 256, middle);
        Assert.Equal(blocks[blocks.Count / 2].Text, rest[0].Text[..blocks[blocks.Count / 2].Text.Length]);
    }

    internal static byte[] Encode(string text, string encoding, bool mark)
    {
        var to = TextDetection.EncodingOf(encoding);
        byte[] prefix = !mark ? [] : encoding switch { "utf-8" => [0xEF, 0xBB, 0xBF], "utf-16le" => [0xFF, 0xFE], _ => [0xFE, 0xFF] };
        return [.. prefix, .. to.GetBytes(text)];
    }

    internal static byte[] Compress(byte[] bytes, string compression)
    {
        if (compression == "none") return bytes;
        using var target = new MemoryStream();
        using (Stream stream = compression == "gzip" ? new GZipStream(target, CompressionLevel.Fastest) : new BrotliStream(target, CompressionLevel.Fastest))
            stream.Write(bytes);
        return target.ToArray();
    }

    private static async Task<List<Piece>> ReadAll(byte[] bytes, int blockBytes, long from = 0, int recordBytesMax = 1 << 20)
    {
        using var file = new TempFile(bytes);
        return await ReadFile(file.Path, new TextEncoding(), blockBytes, from, recordBytesMax);
    }

    private static async Task<List<Piece>> ReadFile(string path, TextEncoding encoding, int blockBytes, long from, int recordBytesMax = 1 << 20)
    {
        var input = await TextInput.OpenAsync(path, encoding, from, default);
        await using var reader = new TextBlockReader(input, new NewlineBoundaries(), "test", from, -1, blockBytes, recordBytesMax);
        var blocks = new List<Piece>();
        while (await reader.ReadAsync(default) is { } block)
        {
            blocks.Add(new Piece(Encoding.UTF8.GetString(block.Text), block.Start, block.End, block.Fault));
            block.Dispose();
        }

        return blocks;
    }

    private sealed record Piece(string Text, long Start, long End, TextFault? Fault);
}
