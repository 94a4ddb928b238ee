using DataMesh.Core.Errors;

namespace DataMesh.Formats.Text;

/// <summary>Errors about files, worded once.</summary>
internal static class FileErrors
{
    public static DataMeshException CanNotRead(string path, Exception cause) => cause switch
    {
        UnauthorizedAccessException => new DataMeshException("The file can not be read: permission denied.", new Location(path), hint: $"let this user read it: chmod +r '{path}'", cause: cause),
        FileNotFoundException or DirectoryNotFoundException => new DataMeshException("The file does not exist (any more).", new Location(path), cause: cause) { MayPass = true },
        _ => new DataMeshException("The file can not be read.", new Location(path), cause.Message, cause: cause),
    };

    public static DataMeshException Broken(string path, string compression, Exception cause) =>
        new($"The {compression} data is broken or cut off.", new Location(path), cause.Message, "fetch the file again, or repair it", cause);
}
