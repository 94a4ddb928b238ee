namespace DataMesh.Architecture.Tests;

/// <summary>Files stay small enough to be read at one sitting.</summary>
public class SizeTests
{
    private const int LinesMax = 400;

    /// <summary>Files that may be longer, each with its reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = [];

    [Fact]
    public void Source_files_are_short()
    {
        var offences = Repository.Sources("src")
            .Select(path => (Path: Repository.Relative(path), Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > LinesMax && !Exceptions.ContainsKey(file.Path))
            .Select(file => $"{file.Path}: {file.Lines} lines, more than {LinesMax}");
        Assert.Empty(offences);
    }

    [Fact]
    public void Every_exception_is_still_needed() =>
        Assert.All(Exceptions.Keys, path => Assert.True(File.ReadLines(Path.Combine(Repository.Root, path)).Count() > LinesMax, path));
}
