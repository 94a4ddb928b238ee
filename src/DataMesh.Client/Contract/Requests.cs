namespace DataMesh.Client.Contract;

/// <summary>Submits a pipeline, or a new version of it.</summary>
/// <param name="Text">The pipeline file.</param>
/// <param name="Folder">Absolute folder on the silo's machine where relative paths start.</param>
/// <param name="File">Name of the file, for messages.</param>
/// <param name="Parallelism">Tasks that it may be divided into; null keeps what was, or takes 1.</param>
/// <param name="Paused">Keeps it paused until it is resumed.</param>
/// <param name="Replace">Takes the place of a pipeline of the same name that came from another folder.</param>
public sealed record SubmitRequest(string Text, string Folder, string File = "pipeline.yaml", int? Parallelism = null, bool Paused = false, bool Replace = false);

/// <summary>A pipeline that is no more.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kept">What stays: the folders of its tables, with their accounts and quarantine.</param>
public sealed record RemovedPipeline(string Name, IReadOnlyList<string> Kept);

/// <summary>Divides a pipeline into another number of tasks.</summary>
/// <param name="Parallelism">How many.</param>
public sealed record ScaleRequest(int Parallelism);
