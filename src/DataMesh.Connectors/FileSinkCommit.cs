using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;

namespace DataMesh.Connectors;

/// <summary>
/// Commits staged files to a target file. Order: note in <c>commit.json</c> what is about to happen; change the target; note that it happened;
/// delete the staged files. Whatever is cut short is done again from the same staged files, onto the length that was committed before.
/// </summary>
internal sealed class FileSinkCommit(FileSink sink, string targetPath, string statePath, TimeProvider clock)
{
    private const int LockTriesMax = 3000;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = Path.GetDirectoryName(targetPath)!;

    /// <summary>Commits; returns the version made or, when this very commit was made before, that one.</summary>
    public async ValueTask<long> RunAsync(SinkCommit commit, CancellationToken cancellation)
    {
        using var alone = await AloneAsync(cancellation);
        return Run(commit);
    }

    private long Run(SinkCommit commit)
    {
        var state = FileSinkState.Read(statePath) ?? new FileSinkState { Length = sink.Replaces || !File.Exists(targetPath) ? 0 : new FileInfo(targetPath).Length };
        if (state.Apps.GetValueOrDefault(commit.AppId) is { } last && last.Epoch >= commit.Epoch)
        {
            Require(last, commit);
            DeleteStaged(commit);
            return last.Version;
        }

        state = state with { Pending = commit.PreparedId };
        state.Write(statePath);
        var target = targetPath.Replace(FileSink.EpochMark, commit.Epoch.ToString("000000", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var isNumbered = target != targetPath;
        var length = isNumbered && commit.Output.Files.Count == 0 ? 0
            : commit.Replace || isNumbered ? Replace(target, commit)
            : Append(target, state.Length, commit);
        var done = Committed(state, commit, length);
        done.Write(statePath);
        DeleteStaged(commit);
        return done.Version;
    }

    /// <summary>Pipelines in several processes may add to one file: one after the other. The lock ends with its process.</summary>
    private async Task<IDisposable> AloneAsync(CancellationToken cancellation)
    {
        var path = Path.Combine(Path.GetDirectoryName(statePath)!, "commit.lock");
        DurableFiles.CreateFolder(Path.GetDirectoryName(path)!);
        for (var left = LockTriesMax; left >= 0; left--)
        {
            if (FileLock.TryTake(path) is { } taken) return taken;
            await Task.Delay(LockPause, clock, cancellation);
        }

        throw new DataMeshException($"Another process has been committing to '{targetPath}' for a minute.", new Location(path), hint: "end it if it hangs") { MayPass = true };
    }

    private static FileSinkState Committed(FileSinkState state, SinkCommit commit, long length)
    {
        var version = state.Version + 1;
        var apps = state.Apps.ToDictionary(StringComparer.Ordinal);
        apps[commit.AppId] = new FileSinkState.Committed(commit.Epoch, commit.PreparedId, commit.DomainJson, version);
        return state with
        {
            Version = version,
            Length = length,
            Names = [.. commit.Output.Schema.Names],
            Types = [.. commit.Output.Schema.Select(field => field.Type.ToString())],
            Apps = apps,
            Pending = null,
        };
    }

    /// <summary>Builds the whole file under another name and moves it into place.</summary>
    private long Replace(string target, SinkCommit commit)
    {
        var building = Path.Combine(_folder, $".{Path.GetFileName(target)}.building");
        var length = Write(building, 0, commit);
        File.Move(building, target, overwrite: true);
        DurableFiles.FlushFolder(_folder);
        return length;
    }

    private long Append(string target, long committed, SinkCommit commit)
    {
        if (committed > 0 && (!File.Exists(target) || new FileInfo(target).Length < committed))
            throw new DataMeshException($"'{target}' is shorter than the {committed} bytes that were committed.", hint: $"bring the file back, or delete '{statePath}' to begin anew");
        var isNew = !File.Exists(target);
        var length = Write(target, committed, commit);
        if (isNew) DurableFiles.FlushFolder(_folder);
        return length;
    }

    /// <summary>Writes the staged rows behind the first <paramref name="offset"/> bytes of a file, whatever stood there; a header goes first into an empty one.</summary>
    private long Write(string path, long offset, SinkCommit commit)
    {
        DurableFiles.CreateFolder(_folder);
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.SetLength(file, offset);
        try
        {
            return Write(file, offset, commit);
        }
        catch
        {
            // Whoever reads the file meanwhile sees no half of an epoch.
            RandomAccess.SetLength(file, offset);
            throw;
        }
    }

    private long Write(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, SinkCommit commit)
    {
        if (offset == 0) offset = WriteHeader(file, commit.Output.Schema);
        using var buffer = PooledBuffer.Rent(1 << 20);
        foreach (var staged in commit.Output.Files)
        {
            using var source = File.OpenHandle(StagedTexts.Find(Path.Combine(_folder, staged.Path), commit.Epoch), FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
            for (long at = 0; ;)
            {
                var read = RandomAccess.Read(source, buffer.Span, at);
                if (read == 0) break;
                RandomAccess.Write(file, buffer.Span[..read], offset);
                at += read;
                offset += read;
            }
        }

        RandomAccess.FlushToDisk(file);
        return offset;
    }

    private long WriteHeader(Microsoft.Win32.SafeHandles.SafeFileHandle file, Schema schema)
    {
        var text = sink.Style().Header(schema);
        if (text.Length == 0) return 0;
        var header = PooledBuffer.Rent(text.Length);
        text.CopyTo(header.Span);
        using var bytes = sink.IsGzip ? FileSinkWriter.Compress(header) : header;
        RandomAccess.Write(file, bytes.Span, 0);
        return bytes.Length;
    }

    private static void Require(FileSinkState.Committed last, SinkCommit commit)
    {
        if (last.Epoch == commit.Epoch && last.PreparedId == commit.PreparedId) return;
        throw new DataMeshException(
            $"Epoch {commit.Epoch} can not be committed: epoch {last.Epoch} was committed by another run of the pipeline.",
            detail: $"prepared id {last.PreparedId} stands in the file's record of commits, {commit.PreparedId} was to be added",
            hint: "stop the other run; what it committed stays");
    }

    private void DeleteStaged(SinkCommit commit)
    {
        foreach (var staged in commit.Output.Files) StagedTexts.Delete(Path.Combine(_folder, staged.Path));
    }
}
