using System.Net;
using DataMesh.Hosting.Redis.Tests;

namespace DataMesh.Cli.Tests.Silos;

/// <summary>A silo sends traces and metrics to whoever it is told to.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Traces_and_metrics_are_sent_when_an_endpoint_is_named()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var endpoint = $"http://127.0.0.1:{RedisServer.FreePort()}/";
        using var collector = new HttpListener { Prefixes = { endpoint } };
        collector.Start();
        var received = ReceiveAsync(collector);
        using (var silo = SiloProcess.Start(folder.Root, [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")]))
        {
            silo.Do("submit", "p.yaml", "--wait");
            Assert.Equal(0, silo.Terminate());
        }

        collector.Stop();
        var paths = await received;
        Assert.Contains("/v1/traces", paths);
        Assert.Contains("/v1/metrics", paths);
    }

    private static async Task<HashSet<string>> ReceiveAsync(HttpListener collector)
    {
        var paths = new HashSet<string>();
        while (true)
        {
            try
            {
                var request = await collector.GetContextAsync();
                paths.Add(request.Request.Url!.AbsolutePath);
                await request.Request.InputStream.CopyToAsync(Stream.Null);
                request.Response.Close();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return paths;
            }
        }
    }
}
