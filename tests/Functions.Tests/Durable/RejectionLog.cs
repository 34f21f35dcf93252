using Microsoft.Extensions.Logging;

namespace ServerlessHub.Functions.Tests.Durable;

/// <summary>Hears from the platform's worker that it leaves an instance to workers of a later version; it says so nowhere else.</summary>
internal sealed class RejectionLog : ILoggerProvider, ILogger
{
    private const string Abandons = "AbandoningOrchestrationDueToVersioning";
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when it has done so.</summary>
    public Task First => _first.Task;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (eventId.Name == Abandons)
            _first.TrySetResult();
    }

    public void Dispose() { }
}
