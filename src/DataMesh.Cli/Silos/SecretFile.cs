using DataMesh.Cli.Output;
using DataMesh.Core;
using DataMesh.Core.Errors;

namespace DataMesh.Cli.Silos;

/// <summary>The file that holds the secret of a silo or a cluster.</summary>
internal static class SecretFile
{
    /// <summary>Names the file when no option does.</summary>
    public const string Variable = "DATAMESH_SECRET_FILE";

    private const int LengthMin = 16;

    /// <summary>The secret: the file's text without white space around it.</summary>
    public static string Read(string path)
    {
        if (!File.Exists(path)) throw new DataMeshException($"There is no file '{path}' with a secret.", hint: "for example: head -c 32 /dev/urandom | base64 > secret; chmod 600 secret");
        if (new FileInfo(path).Length > Limits.SecretBytesMax) throw new DataMeshException($"'{path}' is too large for a secret.");
        var secret = File.ReadAllText(path).Trim();
        if (secret.Length < LengthMin || secret.Any(c => c is < '!' or > '~'))
            throw new DataMeshException($"The secret in '{path}' is no good.", detail: $"It has at least {LengthMin} letters, digits and signs, without spaces.", hint: "for example: head -c 32 /dev/urandom | base64 > secret; chmod 600 secret");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            Terminal.Error($"warning: others on this machine can read the secret in '{path}': chmod 600 {path}");
        return secret;
    }
}
