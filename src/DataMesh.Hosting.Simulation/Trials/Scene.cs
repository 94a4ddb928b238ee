namespace DataMesh.Hosting.Simulation.Trials;

/// <summary>What a trial runs: a pipeline and its input.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Text">The pipeline file.</param>
/// <param name="Fill">Puts the input into a folder.</param>
public sealed record Scene(string Name, string Text, Action<string> Fill)
{
    /// <summary>Folder of the pipeline file below the trial's folder.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Name of the pipeline file.</summary>
    public string File { get; init; } = "pipeline.yaml";

    /// <summary>Tasks that read side by side; null takes what the pipeline file says.</summary>
    public int? Parallelism { get; init; }

    /// <summary>Puts more input there for a second run.</summary>
    public Action<string>? FillMore { get; init; }

    /// <summary>Source bytes of an epoch.</summary>
    public long? EpochBytes { get; init; }

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes { get; init; } = 4096;
}
