namespace DataMesh.Formats.Tests.Text;

/// <summary>A file that is gone after the test.</summary>
internal sealed class TempFile : IDisposable
{
    public TempFile(ReadOnlySpan<byte> content, string extension = ".txt")
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"datamesh-{Guid.NewGuid():n}{extension}");
        using var file = File.Create(Path);
        file.Write(content);
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
