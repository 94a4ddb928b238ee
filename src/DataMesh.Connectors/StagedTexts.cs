using System.Globalization;
using System.Text;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using Microsoft.Win32.SafeHandles;

namespace DataMesh.Connectors;

/// <summary>
/// The hidden files beside a target in which one pipeline stages rows. Their names tell the pipeline, and an open one is locked by its writer. Before an epoch is
/// prepared its files are claimed: they get the epoch's number into their names. Of a clean-up that deletes a file under its first name and a claim that
/// renames it, the file system lets one come first, so that no prepared record names a file that was taken away.
/// </summary>
internal sealed class StagedTexts(string target, ComponentContext context)
{
    private const string Ending = ".staged";

    private readonly string _folder = Path.GetDirectoryName(target)!;
    private readonly string _prefix = $".{Path.GetFileName(target)}.{Convert.ToHexStringLower(ContentHash.Of(Encoding.UTF8.GetBytes(context.Pipeline)))[..12]}.";

    /// <summary>A name that nobody has.</summary>
    public string NewPath() => Path.Combine(_folder, $"{_prefix}{Guid.NewGuid():N}{Ending}");

    /// <summary>Creates one, locked for as long as it is open.</summary>
    public static SafeFileHandle Create(string path) => File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    /// <summary>Where a file of an epoch is, by the name that it was created with.</summary>
    public static string Find(string path, long epoch) => File.Exists(Claimed(path, epoch)) ? Claimed(path, epoch) : path;

    /// <summary>Deletes a file by the name that it was created with, whether it is claimed or not.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        foreach (var claimed in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)[..^Ending.Length]}.*{Ending}")) File.Delete(claimed);
    }

    /// <summary>Claims files for an epoch; throws when a clean-up came first.</summary>
    public void Claim(StagedOutput staged, long epoch)
    {
        foreach (var file in staged.Files)
        {
            var path = Path.Combine(_folder, file.Path);
            try
            {
                File.Move(path, Claimed(path, epoch));
            }
            catch (FileNotFoundException) when (File.Exists(Claimed(path, epoch)))
            {
                // It is this epoch's already.
            }
            catch (FileNotFoundException cause)
            {
                throw new DataMeshException(
                    $"Epoch {epoch} of '{context.Pipeline}' is not prepared: another process took the pipeline over, and away what this one had staged.", new Location(path), cause: cause)
                {
                    MayPass = true,
                };
            }
        }

        if (staged.Files.Count > 0) DurableFiles.FlushFolder(_folder);
    }

    /// <summary>Deletes those that no process has open, and that no epoch after the last committed one claims.</summary>
    public void CleanUp(long committed)
    {
        if (!Directory.Exists(_folder)) return;
        foreach (var path in Directory.EnumerateFiles(_folder, $"{_prefix}*{Ending}").Where(path => EpochOf(path) <= committed))
        {
            try
            {
                using var unlocked = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                File.Delete(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A run that is going on has it, or it can not be deleted: it is in nobody's way.
            }
        }
    }

    private static string Claimed(string path, long epoch) => string.Create(CultureInfo.InvariantCulture, $"{path[..^Ending.Length]}.{epoch:D10}{Ending}");

    /// <summary>The epoch that claims a file; -1 when none does.</summary>
    private long EpochOf(string path) =>
        Path.GetFileName(path)[_prefix.Length..^Ending.Length].Split('.') is [_, var epoch] && long.TryParse(epoch, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
