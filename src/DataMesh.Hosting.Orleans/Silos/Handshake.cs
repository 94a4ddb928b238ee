using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace DataMesh.Hosting.Orleans.Silos;

/// <summary>
/// Before Orleans is heard on a connection between silos, each end proves that it knows the cluster's secret by a hash over what the other one made up. The
/// secret itself is not sent.
/// </summary>
internal sealed class Handshake(string secret)
{
    private const int Size = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>The end that was connected to.</summary>
    public ConnectionDelegate Inbound(ConnectionDelegate next) => async connection =>
    {
        if (await TryAsync(connection, AnswerAsync)) await next(connection);
    };

    /// <summary>The end that connected.</summary>
    public ConnectionDelegate Outbound(ConnectionDelegate next) => async connection =>
    {
        if (!await TryAsync(connection, AskAsync)) throw new ConnectionAbortedException("The other silo does not know the cluster's secret.");
        await next(connection);
    };

    private static async Task<bool> TryAsync(ConnectionContext connection, Func<IDuplexPipe, CancellationToken, Task<bool>> prove)
    {
        using var late = new CancellationTokenSource(Patience);
        try
        {
            if (await prove(connection.Transport, late.Token)) return true;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException)
        {
        }

        connection.Abort(new ConnectionAbortedException("The secret is missing or wrong."));
        return false;
    }

    private async Task<bool> AnswerAsync(IDuplexPipe pipe, CancellationToken cancellation)
    {
        var mine = RandomNumberGenerator.GetBytes(Size);
        await pipe.Output.WriteAsync(mine, cancellation);
        var theirs = await ReadAsync(pipe.Input, 2 * Size, cancellation);
        if (!CryptographicOperations.FixedTimeEquals(theirs.AsSpan(Size), Proof("asks", mine, theirs.AsSpan(0, Size)))) return false;
        await pipe.Output.WriteAsync(Proof("answers", theirs.AsSpan(0, Size), mine), cancellation);
        return true;
    }

    private async Task<bool> AskAsync(IDuplexPipe pipe, CancellationToken cancellation)
    {
        var theirs = await ReadAsync(pipe.Input, Size, cancellation);
        var mine = RandomNumberGenerator.GetBytes(Size);
        await pipe.Output.WriteAsync((byte[])[.. mine, .. Proof("asks", theirs, mine)], cancellation);
        return CryptographicOperations.FixedTimeEquals(await ReadAsync(pipe.Input, Size, cancellation), Proof("answers", mine, theirs));
    }

    private byte[] Proof(string role, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => HMACSHA256.HashData(_key, (byte[])[.. Encoding.UTF8.GetBytes(role), .. first, .. second]);

    private static async Task<byte[]> ReadAsync(PipeReader reader, int count, CancellationToken cancellation)
    {
        var read = await reader.ReadAtLeastAsync(count, cancellation);
        if (read.Buffer.Length < count) throw new InvalidOperationException("The other silo ended the connection.");
        var bytes = read.Buffer.Slice(0, count).ToArray();
        reader.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }
}
