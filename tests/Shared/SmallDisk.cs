using System.Diagnostics;

namespace DataMesh.Tests;

/// <summary>A file system of its own that is small enough to fill: a tmpfs. Mounting one needs rights that not every machine gives.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string root) => Root = root;

    /// <summary>Where it is mounted.</summary>
    public string Root { get; }

    private string Ballast => Path.Combine(Root, "ballast");

    /// <summary>Mounts a disk; null, and why, when this is refused.</summary>
    public static SmallDisk? Mount(string size, out string? refused)
    {
        var root = Directory.CreateTempSubdirectory("datamesh-disk-").FullName;
        refused = OperatingSystem.IsLinux() ? Call("mount", "-t", "tmpfs", "-o", $"size={size},mode=755", "tmpfs", root) : "there is no tmpfs here";
        if (refused is null) return new SmallDisk(root);
        Directory.Delete(root);
        return null;
    }

    /// <summary>Mounts it with other options, such as <c>ro</c> or <c>size=64m</c>.</summary>
    public void Remount(string options) => Assert.Null(Call("mount", "-o", $"remount,{options}", Root));

    /// <summary>Fills it but for so many bytes.</summary>
    public void Fill(long free)
    {
        Free();
        using var file = new FileStream(Ballast, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var left = new DriveInfo(Root).AvailableFreeSpace - free; left > 0;)
        {
            var count = (int)Math.Min(left, 1 << 16);
            file.Write(new byte[count]);
            left -= count;
        }
    }

    /// <summary>Takes what filled it away.</summary>
    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        Call("umount", "-l", Root);
        Directory.Delete(Root);
    }

    private static string? Call(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{program} ended with {process.ExitCode}: {error.Trim()}";
    }
}
