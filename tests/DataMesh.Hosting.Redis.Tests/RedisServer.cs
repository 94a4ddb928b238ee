using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DataMesh.Hosting.Redis.Tests;

/// <summary>A real Redis on a free port of the loopback address, with an append-only file in a folder of its own.</summary>
public sealed class RedisServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("datamesh-redis-").FullName;
    private Process? _process;

    public RedisServer()
    {
        Port = FreePort();
        Start();
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>The file that the last commands were appended to.</summary>
    public string AppendOnlyFile => Directory.EnumerateFiles(Path.Combine(_folder, "appendonlydir"), "*.incr.aof").Order(StringComparer.Ordinal).Last();

    public void Start()
    {
        var start = new ProcessStartInfo("redis-server") { WorkingDirectory = _folder, RedirectStandardOutput = true };
        string[] arguments = ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--aof-load-truncated", "yes"];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException("redis-server is missing: install Debian's package redis-server (test.sh does).", error);
        }

        var log = "";
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            log += line + "\n";
            if (!line.Contains("Ready to accept connections", StringComparison.Ordinal)) continue;
            _ = _process.StandardOutput.ReadToEndAsync();
            return;
        }

        throw new InvalidOperationException($"redis-server did not start:\n{log}");
    }

    /// <summary>Ends the server as a crash does.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Cuts the append-only file off, as a crash of the machine does: in the middle of the command that begins at a place.</summary>
    public void CutWithinTheCommandAt(long start)
    {
        var bytes = File.ReadAllBytes(AppendOnlyFile);
        var firstLine = Array.IndexOf(bytes, (byte)'\n', (int)start);
        var secondLine = Array.IndexOf(bytes, (byte)'\n', firstLine + 1);
        File.WriteAllBytes(AppendOnlyFile, bytes[..(secondLine + 2)]);
    }

    /// <summary>A port below those that the system gives to connections, which could take it before its server does.</summary>
    public static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(15_000, 32_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
        }
    }

    public void Dispose()
    {
        if (_process is not null) Kill();
        Directory.Delete(_folder, recursive: true);
    }
}
