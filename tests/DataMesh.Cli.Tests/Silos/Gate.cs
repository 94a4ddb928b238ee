namespace DataMesh.Cli.Tests.Silos;

/// <summary>Keeps a pipeline waiting at a step, in whatever silo it gets there, so that what a test does to it finds it in the middle of its work.</summary>
internal sealed class Gate
{
    private readonly string _file;

    /// <param name="folder">The folder of the test.</param>
    /// <param name="step">The step and the number of times that it is reached.</param>
    public Gate(string folder, string step)
    {
        _file = Path.Combine(folder, ".gate");
        Environment = [("DATAMESH_HOLD_AT", step), ("DATAMESH_HOLD_UNTIL", _file)];
    }

    /// <summary>What a process must know to be kept waiting.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; }

    /// <summary>Whoever waits goes on, and nobody waits from now on.</summary>
    public void Open() => File.WriteAllText(_file, "");
}
