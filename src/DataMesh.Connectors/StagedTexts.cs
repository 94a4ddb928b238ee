using System.Text;
using DataMesh.Core.Components;
using DataMesh.Core.Storage;
using Microsoft.Win32.SafeHandles;

namespace DataMesh.Connectors;

/// <summary>The hidden files beside a target in which one pipeline stages rows. Their names tell the pipeline, and an open one is locked by its writer.</summary>
internal sealed class StagedTexts(string target, ComponentContext context)
{
    private readonly string _folder = Path.GetDirectoryName(target)!;
    private readonly string _prefix = $".{Path.GetFileName(target)}.{Convert.ToHexStringLower(ContentHash.Of(Encoding.UTF8.GetBytes(context.Pipeline)))[..12]}.";

    /// <summary>A name that nobody has.</summary>
    public string NewPath() => Path.Combine(_folder, $"{_prefix}{Guid.NewGuid():N}.staged");

    /// <summary>Creates one, locked for as long as it is open.</summary>
    public static SafeFileHandle Create(string path) => File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    /// <summary>Deletes those that no process has open.</summary>
    public void CleanUp()
    {
        if (!Directory.Exists(_folder)) return;
        foreach (var path in Directory.EnumerateFiles(_folder, _prefix + "*.staged"))
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
}
