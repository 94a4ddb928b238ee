namespace DataMesh.Runtime.Hosting;

/// <summary>The texts of submitted pipelines, with their versions. Grain state holds names only.</summary>
public interface IPipelineStore
{
    /// <summary>
    /// Adds a version and returns it; the last one when it says the same (text, folder and options). At most <see cref="Core.Limits.PipelineVersionsMax"/>
    /// versions are kept.
    /// </summary>
    ValueTask<PipelineVersion> SubmitAsync(string name, string yaml, string baseFolder, string options, CancellationToken cancellation);

    /// <summary>A version, the last one when <paramref name="version"/> is 0; null when there is none.</summary>
    ValueTask<PipelineVersion?> FindAsync(string name, long version, CancellationToken cancellation);

    /// <summary>The names of all pipelines in order, <paramref name="max"/> of them after <paramref name="after"/>.</summary>
    ValueTask<IReadOnlyList<string>> ListAsync(string after, int max, CancellationToken cancellation);

    /// <summary>The last versions of all pipelines in order, <paramref name="max"/> of them after <paramref name="after"/>, without their texts.</summary>
    async ValueTask<IReadOnlyList<PipelineVersion>> NewestAsync(string after, int max, CancellationToken cancellation)
    {
        var names = await ListAsync(after, max, cancellation);
        var found = await Task.WhenAll(names.Select(name => FindAsync(name, 0, cancellation).AsTask()));
        return [.. found.OfType<PipelineVersion>().Select(version => version with { Yaml = "" })];
    }

    /// <summary>Forgets a pipeline with all its versions; false when there is none.</summary>
    ValueTask<bool> RemoveAsync(string name, CancellationToken cancellation);
}

/// <summary>A submitted pipeline.</summary>
/// <param name="Name">The pipeline.</param>
/// <param name="Version">Counts up from 1.</param>
/// <param name="Yaml">The text of its file.</param>
/// <param name="BaseFolder">Relative paths start here.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="Options">How it should run, as JSON.</param>
public sealed record PipelineVersion(string Name, long Version, string Yaml, string BaseFolder, DateTimeOffset SubmittedAt, string Options);
