namespace DataMesh.Core.Errors;

/// <summary>What a disk or a file system refused, worded once: what is wrong, at which path, and what to do.</summary>
public static class StorageError
{
    private const int NotPermitted = 1;
    private const int InputOutput = 5;
    private const int AccessDenied = 13;
    private const int TooManyFiles = 24;
    private const int FileTooLarge = 27;
    private const int NoSpace = 28;
    private const int ReadOnly = 30;

    private const string NothingVisible = "nothing half-written is visible";

    // The one number that differs between the systems that have errno.
    private static readonly int QuotaExceeded = OperatingSystem.IsMacOS() ? 69 : 122;

    /// <summary>The error for people; null when the exception is not about a disk or a file system, or is about a file that is not there.</summary>
    /// <param name="error">What the framework threw.</param>
    /// <param name="path">The file or folder, where it is known; else the one that the exception names.</param>
    public static DataMeshException? Explain(Exception error, string? path = null) => error switch
    {
        UnauthorizedAccessException { InnerException: IOException inner } => Of(NumberOf(inner), path ?? PathIn(error.Message), error) ?? Of(AccessDenied, path ?? PathIn(error.Message), error),
        UnauthorizedAccessException => Of(AccessDenied, path ?? PathIn(error.Message), error),
        IOException => Of(NumberOf(error), path ?? PathIn(error.Message), error),
        ArgumentOutOfRangeException outOfRange when IsTooLarge(outOfRange) => Of(FileTooLarge, path, error),
        _ => null,
    };

    /// <summary>The error for people of a call of the C library; null when its number is none of a disk or a file system.</summary>
    public static DataMeshException? Of(int number, string? path, Exception? cause = null)
    {
        if (number == NoSpace) return Make("There is no space left on the disk.", path, $"free space there; {NothingVisible}", cause, mayPass: true);
        if (number == QuotaExceeded) return Make("The disk quota of this user is used up.", path, $"free space, or have the quota raised; {NothingVisible}", cause, mayPass: true);
        if (number == InputOutput) return Make("The disk reports an error.", path, "look into the system's log (dmesg), and check the disk", cause, mayPass: true);
        if (number == TooManyFiles) return Make("This process has too many files open.", path, "raise the limit (ulimit -n)", cause, mayPass: true);
        if (number == FileTooLarge) return Make("The file would be larger than is allowed here.", path, $"raise the limit (ulimit -f), or let files be smaller (`file_size` of a dataset); {NothingVisible}", cause);
        if (number == ReadOnly) return Make("The file system can not be written: it is mounted read-only.", path, "mount it for writing, or choose another folder", cause);
        if (number is AccessDenied or NotPermitted) return Make("Permission denied.", path, $"let the user '{Environment.UserName}' read and write there (chmod, chown), or run as another user", cause);
        return null;
    }

    /// <summary>The errno of an exception. On Windows, the two codes that mean a full disk.</summary>
    private static int NumberOf(Exception error)
    {
        if (!OperatingSystem.IsWindows()) return error.HResult;
        return (error.HResult & 0xffff) is 0x70 or 0x27 ? NoSpace : 0;
    }

    private static DataMeshException Make(string primary, string? path, string hint, Exception? cause, bool mayPass = false) =>
        new(primary, path is null ? null : new Location(path), hint: hint, cause: cause) { MayPass = mayPass };

    /// <summary>A limit on the size of files reaches us as an argument out of range, from inside the framework's own code for files.</summary>
    private static bool IsTooLarge(ArgumentOutOfRangeException error) =>
        error.ParamName == "value" && error.StackTrace?.TrimStart() is { } stack
        && (stack.StartsWith("at System.IO.", StringComparison.Ordinal) || stack.StartsWith("at Interop.", StringComparison.Ordinal));

    /// <summary>The path in the framework's messages: the text between the first and the last quote.</summary>
    private static string? PathIn(string message)
    {
        var (from, to) = (message.IndexOf('\''), message.LastIndexOf('\''));
        return to > from + 1 ? message[(from + 1)..to] : null;
    }
}
