using System.Text.Unicode;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Json;

/// <summary>Feeds the whole records in the head of a file to the inference.</summary>
internal sealed unsafe class JsonSample(JsonInference inference)
{
    private string? _problem;
    private long _problemAt;
    private int _bad;

    /// <summary>Returns how many of the records were bad; throws when there were some and all of them were.</summary>
    public int Read(FileHead head, JsonPath? path, int most)
    {
        fixed (byte* text = JsonScan.Padded(head))
        {
            if (path is null) ReadLines(text, head, most);
            else ReadDocument(text, head, path, most);
        }

        if (inference.Records > 0 || _problem is null) return _bad;
        throw new DataMeshException(
            "The file can not be read as JSON.",
            new Location(head.Path, Byte: _problemAt),
            _problem,
            path is null ? "each line should hold one JSON object" : $"the records should be JSON objects at {path}");
    }

    private void ReadLines(byte* text, FileHead head, int most)
    {
        var p = text;
        var end = text + head.Bytes.Length;
        while (p < end && inference.Records < most)
        {
            var line = new ReadOnlySpan<byte>(p, (int)(end - p)).IndexOf((byte)'\n');
            if (line < 0 && !head.IsWhole && inference.Records > 0) return;
            var stop = line < 0 ? end : p + line;
            if (JsonScan.SkipSpace(p, stop) < stop) Add(text, p, stop);
            p = stop + 1;
        }
    }

    private void ReadDocument(byte* text, FileHead head, JsonPath path, int most)
    {
        var scanner = new JsonRecordScanner(path);
        scanner.Scan(text, head.Bytes.Length, head.IsWhole);
        foreach (var (start, stop) in scanner.Records)
        {
            if (inference.Records >= most) return;
            Add(text, text + start, text + stop);
        }

        if (scanner.Fault is { } fault) Note(fault, scanner.At);
        else if (scanner is { Records.IsEmpty: true, HasMetArray: true, IsComplete: true }) return;
        else if (scanner.Records.IsEmpty && head.IsWhole) Note(scanner.IsComplete ? $"nothing is found at {path}" : "the file ends in the middle of the document", 0);
        else if (scanner.Records.IsEmpty) Note($"no whole record is found at {path} in the first {head.Bytes.Length} bytes", 0);
    }

    private void Add(byte* text, byte* start, byte* stop)
    {
        if (!Utf8.IsValid(new ReadOnlySpan<byte>(start, (int)(stop - start)))) Fail("the record is no valid UTF-8", start - text);
        else if (!inference.Add(start, stop, out var problem)) Fail(problem!, start - text);
    }

    private void Fail(string problem, long at)
    {
        _bad++;
        Note(problem, at);
    }

    private void Note(string problem, long at)
    {
        if (_problem is not null) return;
        _problem = problem;
        _problemAt = at;
    }
}
