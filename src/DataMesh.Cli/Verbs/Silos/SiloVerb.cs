using System.CommandLine;
using System.Net;
using DataMesh.Cli.Silos;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Cli.Verbs.Silos;

/// <summary><c>datamesh silo</c>: a process that runs submitted pipelines.</summary>
internal static class SiloVerb
{
    public static Command Create()
    {
        var listen = new Option<string>("--listen") { Description = "Address and port to answer at; beyond this machine a secret is needed. Port 0 takes a free one.", HelpName = "ADDR:PORT", DefaultValueFactory = _ => "127.0.0.1:7420" };
        var state = new Option<string>("--state") { Description = "Folder of the state of a silo by itself.", HelpName = "FOLDER", DefaultValueFactory = _ => Path.Combine(".datamesh", "silo") };
        var redis = new Option<string?>("--redis") { Description = "The Redis that the silos of a cluster agree in; without it the silo is by itself.", HelpName = "HOST:PORT" };
        var host = new Option<string?>("--host") { Description = $"What the grains live on: embedded, redis, orleans{(OrleansHosting.IsCompiledIn ? "" : " (not compiled in)")}, or auto for orleans where it is compiled in; without it redis when one is named.", HelpName = "HOST" };
        var cluster = new Option<string>("--cluster") { Description = "Name of the cluster: clusters of other names on the same Redis do not see each other.", HelpName = "NAME", DefaultValueFactory = _ => "default" };
        var peers = new Option<string?>("--peers") { Description = "Address and port for other silos; without it a free port of the address to listen at.", HelpName = "ADDR:PORT" };
        var advertise = new Option<string?>("--advertise") { Description = "Host that other silos are told to reach this one at, when that is not where it listens.", HelpName = "HOST" };
        var secret = new Option<string?>("--secret-file") { Description = $"File with the secret that whoever asks must know; without it: {SecretFile.Variable}.", HelpName = "FILE" };
        var cores = new Option<int>("--cores") { Description = "Cores to use; 0 takes all.", HelpName = "N" };
        var memory = new Option<string?>("--bytes-in-flight") { Description = "Bytes that all runs together may hold in flight before they push back, such as 200MB.", HelpName = "SIZE" };
        var patience = new Option<string>("--stop-within") { Description = "Time after SIGTERM in which running epochs may come to a barrier and commit.", HelpName = "TIME", DefaultValueFactory = _ => "10s" };
        var json = CommonOptions.Json();
        var command = new Command("silo", "Run the pipelines that are submitted to it, and answer to submit, list, status, top, pause, resume, stop, restart, scale, logs and cluster.")
        {
            listen, redis, host, cluster, peers, advertise, state, secret, cores, memory, patience, json,
        };
        command.Act(async (parsed, _) =>
        {
            var file = parsed.GetValue(secret) ?? Environment.GetEnvironmentVariable(SecretFile.Variable);
            return await SiloProgram.RunAsync(new SiloSettings(EndPointOf(parsed.GetValue(listen)!), Path.GetFullPath(parsed.GetValue(state)!))
            {
                Redis = parsed.GetValue(redis),
                Host = HostOf(parsed.GetValue(host), parsed.GetValue(redis)),
                Cluster = NameOf(parsed.GetValue(cluster)!),
                Peers = parsed.GetValue(peers) is { } beside ? EndPointOf(beside) : null,
                Advertise = parsed.GetValue(advertise),
                Secret = string.IsNullOrEmpty(file) ? null : SecretFile.Read(file),
                Cores = parsed.GetValue(cores),
                BytesInFlight = SizeOf(parsed.GetValue(memory)),
                Patience = TimeOf(parsed.GetValue(patience)!),
                IsJson = parsed.GetValue(json),
            });
        });
        return command;
    }

    private static IPEndPoint EndPointOf(string text)
    {
        var numbers = text.StartsWith("localhost:", StringComparison.Ordinal) ? $"127.0.0.1:{text["localhost:".Length..]}" : text;
        if (numbers.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(numbers, out var found) && (found.Port > 0 || numbers.EndsWith(":0", StringComparison.Ordinal))) return found;
        throw new DataMeshException($"'{text}' is no address to listen at.", hint: "write for example 127.0.0.1:7420 or 0.0.0.0:7420");
    }

    private static SiloHostKind HostOf(string? text, string? redis)
    {
        if (text == "auto" && redis is not null && OrleansHosting.IsCompiledIn) return SiloHostKind.Orleans;
        if (text is null or "auto") return redis is null ? SiloHostKind.Embedded : SiloHostKind.Redis;
        if (!Enum.TryParse<SiloHostKind>(text, ignoreCase: true, out var host) || char.IsAsciiDigit(text[0]))
            throw new DataMeshException($"There is no host '{text}'.", hint: "write embedded, redis, orleans or auto");
        if (host == SiloHostKind.Embedded != redis is null)
            throw new DataMeshException(redis is null ? $"The host '{text}' needs a Redis." : "The embedded host keeps everything in a folder and needs no Redis.", hint: redis is null ? "name it with --redis HOST:PORT" : "leave out --redis, or take --host redis");
        if (host == SiloHostKind.Orleans && !OrleansHosting.IsCompiledIn)
            throw new DataMeshException("This datamesh was built without the Orleans host.", hint: "build it with -p:OrleansEngine=true and a package feed that has Microsoft.Orleans 10");
        return host;
    }

    private static string NameOf(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        ? text
        : throw new DataMeshException($"'{text}' is no name of a cluster.", hint: "use up to 64 letters, digits, '_' and '-'");

    private static long? SizeOf(string? text)
    {
        if (text is null) return null;
        if (OptionText.TryBytes(text, out var size) && size.Bytes >= 1 << 20) return size.Bytes;
        throw new DataMeshException($"'{text}' is no size that a silo could work with.", hint: "write for example 200MB");
    }

    private static TimeSpan TimeOf(string text) => OptionText.TryDuration(text, out var time) && time < TimeSpan.FromDays(1)
        ? time
        : throw new DataMeshException($"'{text}' is no time to wait for.", hint: "for example 500ms, 10s or 1m");
}
