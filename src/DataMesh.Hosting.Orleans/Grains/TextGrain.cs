using DataMesh.Core;
using DataMesh.Hosting.Orleans.Storage;

namespace DataMesh.Hosting.Orleans.Grains;

/// <summary>The texts of a pipeline.</summary>
public interface ITextGrain : IGrainWithStringKey
{
    /// <summary>Adds a version, unless the last one says the same.</summary>
    Task<TextVersion> SubmitAsync(TextVersion text);

    /// <summary>A version; the last one when it is 0.</summary>
    Task<TextVersion?> FindAsync(long version);

    /// <summary>Removes all.</summary>
    Task<bool> RemoveAsync();
}

/// <summary>Keeps the texts of a pipeline.</summary>
[GrainType("datamesh.text"), CollectionAgeLimit(Minutes = 2)]
public sealed class TextGrain(OrleansHost host) : Grain, ITextGrain
{
    private Cell<TextRecord> _cell = null!;

    private string Name => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _cell = host.CellOf<TextRecord>("text", this.GetGrainId());
        return _cell.ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TextVersion> SubmitAsync(TextVersion text)
    {
        var versions = _cell.Value?.Versions ?? [];
        var last = versions.LastOrDefault();
        if (last is not null && last.Yaml == text.Yaml && last.Folder == text.Folder && last.Options == text.Options) return last;
        var added = new TextVersion
        {
            Version = (last?.Version ?? 0) + 1,
            Yaml = text.Yaml,
            Folder = text.Folder,
            Options = text.Options,
            SubmittedAt = host.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        if (last is null) await NamesGrain.Of(host.Grains, Name).AddAsync(Name);
        if (!await _cell.WriteAsync(new TextRecord { Versions = [.. versions.TakeLast(Limits.PipelineVersionsMax - 1), added] }, CancellationToken.None))
        {
            this.DeactivateOnIdle();
            throw new ElsewhereException($"The texts of {Name} were changed elsewhere.");
        }

        return added;
    }

    /// <inheritdoc/>
    public Task<TextVersion?> FindAsync(long version) => Task.FromResult(_cell.Value?.Versions.LastOrDefault(kept => version == 0 || kept.Version == version));

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync()
    {
        var existed = _cell.Value is not null;
        await _cell.ClearAsync(CancellationToken.None);
        await NamesGrain.Of(host.Grains, Name).RemoveAsync(Name);
        return existed;
    }
}

/// <summary>Some of the names of all pipelines.</summary>
public interface INamesGrain : IGrainWithIntegerKey
{
    /// <summary>Adds a name.</summary>
    Task AddAsync(string name);

    /// <summary>Removes a name.</summary>
    Task RemoveAsync(string name);

    /// <summary>The first names after one, in order.</summary>
    Task<string[]> ListAsync(string after, int max);
}

/// <summary>Keeps a share of the names, so that a new one costs a share to be written and not all.</summary>
[GrainType("datamesh.names"), CollectionAgeLimit(Minutes = 2)]
public sealed class NamesGrain(OrleansHost host) : Grain, INamesGrain
{
    /// <summary>How many there are; never change it: names would not be found where they are.</summary>
    internal const int Shares = 16;

    private Cell<NamesRecord> _cell = null!;

    private List<string> Names => _cell.Value?.Names ?? [];

    /// <summary>The one that keeps a name.</summary>
    internal static INamesGrain Of(IGrainFactory grains, string name)
    {
        var sum = 17u;
        foreach (var c in name) sum = unchecked((sum * 31) + c);
        return grains.GetGrain<INamesGrain>(sum % Shares);
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _cell = host.CellOf<NamesRecord>("names", this.GetGrainId());
        return _cell.ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task AddAsync(string name) => Names.Contains(name) ? Task.CompletedTask : WriteAsync([.. Names, name]);

    /// <inheritdoc/>
    public Task RemoveAsync(string name) => Names.Contains(name) ? WriteAsync([.. Names.Where(kept => kept != name)]) : Task.CompletedTask;

    /// <inheritdoc/>
    public Task<string[]> ListAsync(string after, int max) =>
        Task.FromResult<string[]>([.. Names.Where(name => string.CompareOrdinal(name, after) > 0).Order(StringComparer.Ordinal).Take(max)]);

    private async Task WriteAsync(List<string> names)
    {
        if (await _cell.WriteAsync(new NamesRecord { Names = names }, CancellationToken.None)) return;
        this.DeactivateOnIdle();
        throw new ElsewhereException("The names were changed elsewhere.");
    }
}
