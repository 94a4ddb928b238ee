using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Sources;
using DataMesh.Core;
using DataMesh.Runtime.Hosting.Peers;
using DataMesh.Tests.Hosting;

namespace DataMesh.Hosting.Redis.Tests;

/// <summary>What a silo answers whoever talks to it as another silo does.</summary>
public sealed class PeerTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private TestSilo _silo = null!;

    public async Task InitializeAsync() => _silo = await TestSilo.StartAsync(_redis);

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _redis.Dispose();
    }

    [Fact]
    public async Task A_message_is_handled()
    {
        var message = new GrainMessage(new GrainId(GrainKind.Pipeline, "ü"), CounterMachine.Id("a"), new SplitsRead(5, 6));
        Assert.Equal(message, GrainMessage.Parse(message.ToBytes()));
        Assert.Equal((HttpStatusCode.OK, "Handled"), await PostAsync(message.ToBytes()));
    }

    [Fact]
    public async Task An_unknown_grain_is_refused_and_logged()
    {
        Assert.Equal((HttpStatusCode.OK, "Unknown"), await PostAsync(new GrainMessage(null, new GrainId(GrainKind.Dataset, "none"), new SplitsRead(1)).ToBytes()));
        Assert.Contains(_silo.Log, line => line.Contains("there is no grain dataset:none", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"to\":{\"kind\":1,\"key\":\"a/b\"}}")]
    [InlineData("{\"to\":{\"kind\":1,\"key\":\"a/b\"},\"event\":{\"event\":\"Unheard\"}}")]
    [InlineData("{\"to\":{\"kind\":1},\"event\":{\"event\":\"SplitsRead\"}}")]
    [InlineData("\u0000\u0001garbled")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task A_garbled_message_is_refused_and_logged(string text)
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(Encoding.UTF8.GetBytes(text))).Status);
        Assert.Contains(_silo.Log, line => line.Contains("refused a message", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_oversized_message_is_refused_and_logged()
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(new byte[Limits.MessageBytesMax + 1])).Status);
        Assert.Contains(_silo.Log, line => line.Contains("refused", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("secreT")]
    public async Task A_wrong_secret_is_refused_and_logged(string? secret)
    {
        var message = new GrainMessage(null, CounterMachine.Id("a"), new SplitsRead(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(message.ToBytes(), secret)).Status);
        Assert.Contains(_silo.Log, line => line.Contains("secret is missing or wrong", StringComparison.Ordinal));
        Assert.DoesNotContain(_silo.Log, line => line.Contains("secreT", StringComparison.Ordinal));
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(byte[] body, string? secret = "secret")
    {
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (secret is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.PostAsync(new Uri(_silo.Address, PeerPaths.Messages), content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
