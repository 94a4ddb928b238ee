using System.Globalization;
using DataMesh.Core.Errors;
using StackExchange.Redis;

namespace DataMesh.Hosting.Redis;

/// <summary>The connection to Redis. Every command has a time-out of its own; a lost connection is made again in the background.</summary>
internal sealed class RedisLink : IDisposable
{
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromSeconds(10);

    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _database;
    private readonly string _prefix;
    private readonly TimeSpan _timeout;

    private RedisLink(ConnectionMultiplexer connection, string prefix, TimeSpan timeout)
    {
        (_connection, _prefix, _timeout) = (connection, prefix, timeout);
        _database = connection.GetDatabase();
    }

    public static async Task<RedisLink> ConnectAsync(RedisOptions options, CancellationToken cancellation)
    {
        var configuration = ConfigurationOptions.Parse(options.Server);
        configuration.AbortOnConnectFail = false;
        configuration.ConnectTimeout = 1000;
        configuration.SyncTimeout = 1000;
        configuration.ConnectRetry = 1;
        configuration.KeepAlive = 1;
        configuration.ReconnectRetryPolicy = new LinearRetry(200);
        try
        {
            var connection = await ConnectionMultiplexer.ConnectAsync(configuration).WaitAsync(FirstAnswer, cancellation);
            var link = new RedisLink(connection, $"datamesh:{{{options.Cluster}}}:", options.RenewEvery);
            try
            {
                await RepeatAsync(() => link.CommandAsync("PING"), FirstAnswer, cancellation);
                return link;
            }
            catch
            {
                link.Dispose();
                throw;
            }
        }
        catch (Exception error) when (IsTrouble(error))
        {
            throw new DataMeshException(
                $"Redis at {options.Server} does not answer.", detail: error.Message, hint: "start it (redis-server --appendonly yes), or name another one with --redis HOST:PORT", cause: error);
        }
    }

    /// <summary>Whether the connection or the server is in trouble, rather than the command wrong.</summary>
    public static bool IsTrouble(Exception error) => error is RedisConnectionException or TimeoutException or ObjectDisposedException or IOException
        || error is RedisServerException { Message: var message } && (message.StartsWith("LOADING", StringComparison.Ordinal) || message.StartsWith("MASTERDOWN", StringComparison.Ordinal)
            || message.StartsWith("READONLY", StringComparison.Ordinal) || message.StartsWith("MISCONF", StringComparison.Ordinal) || message.StartsWith("NOSESSION", StringComparison.Ordinal)
            || message.StartsWith("BUSY", StringComparison.Ordinal) || message.Contains("NOSESSION", StringComparison.Ordinal));

    /// <summary>Runs a script.</summary>
    public async Task<RedisResult> RunAsync(RedisScript script, params object[] arguments)
    {
        try
        {
            return await CommandAsync("EVALSHA", [script.Hash, 1, _prefix, .. arguments]);
        }
        catch (RedisServerException error) when (error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await CommandAsync("EVAL", [script.Text, 1, _prefix, .. arguments]);
        }
    }

    /// <summary>Runs a script again until Redis answers or the caller gives up.</summary>
    public async Task<RedisResult> PersistAsync(RedisScript script, CancellationToken cancellation, params object[] arguments)
    {
        var pause = TimeSpan.FromMilliseconds(10);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return await RunAsync(script, arguments);
            }
            catch (Exception error) when (IsTrouble(error))
            {
                await Task.Delay(pause, cancellation);
                if (pause < TimeSpan.FromMilliseconds(200)) pause *= 2;
            }
        }
    }

    /// <summary>Repeats something until Redis answers or time is up.</summary>
    private static async Task<T> RepeatAsync<T>(Func<Task<T>> command, TimeSpan patience, CancellationToken cancellation)
    {
        var until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return await command();
            }
            catch (Exception error) when (IsTrouble(error) && Environment.TickCount64 < until)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
            }
        }
    }

    /// <summary>Repeats something until Redis answers; for as long as it may be starting.</summary>
    public static Task<T> RepeatAsync<T>(Func<Task<T>> command, CancellationToken cancellation) => RepeatAsync(command, FirstAnswer, cancellation);

    /// <summary>Is told what is published for the cluster.</summary>
    public async Task<bool> SubscribeAsync(string channel, Action<string> told)
    {
        await _connection.GetSubscriber().SubscribeAsync(new RedisChannel(_prefix + channel, RedisChannel.PatternMode.Literal), (_, message) => told(message!)).WaitAsync(FirstAnswer);
        return true;
    }

    /// <summary>Ends the connection at once: what is to be told Redis was waited for, and saying good-bye takes a second.</summary>
    public void Dispose()
    {
        _connection.Close(allowCommandsToComplete: false);
        _connection.Dispose();
    }

    public static long Number(RedisResult result) => long.Parse((string)result!, CultureInfo.InvariantCulture);

    public static string? Text(RedisResult result) => (string?)result;

    public static RedisResult[] List(RedisResult result) => (RedisResult[])result!;

    /// <summary>
    /// What follows an answer goes on in the thread pool. The connection hands out answers one after the other and waits for whatever follows at once: a file
    /// that is opened there, or a lock, would keep the answers of all others from them, and with them the renewal of the session.
    /// </summary>
    private async Task<RedisResult> CommandAsync(string command, params object[] arguments) =>
        await _database.ExecuteAsync(command, arguments).ContinueWith(static answered => answered, TaskScheduler.Default).Unwrap().WaitAsync(_timeout);
}
