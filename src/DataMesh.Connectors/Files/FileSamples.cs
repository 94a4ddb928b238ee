using DataMesh.Core;
using DataMesh.Core.Errors;
using DataMesh.Formats;
using DataMesh.Formats.Text;
using Microsoft.Win32.SafeHandles;

namespace DataMesh.Connectors.Files;

/// <summary>Reads what inference looks at: the head of a file and, of a large plain one, pieces from further inside.</summary>
internal static class FileSamples
{
    private const int PieceBytes = 256 << 10;
    private const int Pieces = 4;

    /// <summary>The head with its samples.</summary>
    public static FileHead Read(string path, string? encoding, string? compression)
    {
        var head = TextHead.Read(path, encoding, compression);
        if (head.IsWhole || !head.Text.IsPlain) return head;
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return head with { Samples = ReadPieces(file) };
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DataMeshException("The file can not be read.", new Location(path), cause.Message, cause: cause);
        }
    }

    private static List<ReadOnlyMemory<byte>> ReadPieces(SafeFileHandle file)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        var length = RandomAccess.GetLength(file);
        if (length < Limits.SampleBytes + (long)Pieces * PieceBytes) return pieces;
        for (var i = 1; i <= Pieces; i++)
        {
            var piece = new byte[PieceBytes];
            var offset = Limits.SampleBytes + (length - Limits.SampleBytes - PieceBytes) / Pieces * i;
            pieces.Add(piece.AsMemory(0, RandomAccess.Read(file, piece, offset)));
        }

        return pieces;
    }
}
