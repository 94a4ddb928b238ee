namespace DataMesh.Cli.Tests;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("datamesh-").FullName;

    public string Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A small pipeline over a small CSV file: <c>p.yaml</c> and <c>people.csv</c>.</summary>
    public TemporaryFolder WithPeople()
    {
        Write("people.csv", "Full Name,age,city\nAnn,31,Oslo\nBob,17,Rome\nCid,abc,Oslo\nDee,45,\n");
        Write("p.yaml", """
            pipeline: people
            source: people.csv
            stages:
              - rename: { "Full Name": name }
              - cast: { age: int64 }
              - filter: age >= 18
                id: adults
            dataset: { name: people, path: lake/people }
            tests:
              - name: minors are left out
                input: [ { "Full Name": Kid, age: "5" }, { "Full Name": Old, age: "50" } ]
                output: [ { name: Old, age: 50 } ]
                quarantined: 0
              - name: an age that is no number is set aside
                input: [ { "Full Name": Odd, age: old } ]
                output: []
                quarantined: 1

            """);
        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
