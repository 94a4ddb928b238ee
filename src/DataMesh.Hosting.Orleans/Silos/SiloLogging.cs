using Microsoft.Extensions.Logging;

namespace DataMesh.Hosting.Orleans.Silos;

/// <summary>What of Orleans' log matters to people: errors, and whom it takes for dead. A silo that ends says a lot that does not.</summary>
internal sealed class LogProvider(Action<string> log) : ILoggerProvider
{
    public bool IsQuiet { get; set; }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, this, log);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, LogProvider provider, Action<string> log) : ILogger
    {
        private readonly bool _isMembership = category.EndsWith("HealthMonitor", StringComparison.Ordinal) || category.EndsWith("MembershipTableManager", StringComparison.Ordinal);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel level) => !provider.IsQuiet && level >= (_isMembership ? LogLevel.Warning : LogLevel.Error);

        public void Log<TState>(LogLevel level, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(level)) log($"{category}: {formatter(state, exception)}{(exception is null ? "" : $" {exception.GetBaseException().Message}")}");
        }
    }
}

/// <summary>A silo that the others took for dead does not go on: its grains are theirs by then.</summary>
internal sealed class FatalErrors(Action<string> log, Action endProcess) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => exception is not ThreadAbortException;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        log($"the silo ends: {context} {exception?.Message}");
        endProcess();
    }
}
