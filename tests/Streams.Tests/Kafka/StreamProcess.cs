using System.Diagnostics;
using Microsoft.Extensions.Logging;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Streams.Tests.Kafka;

/// <summary>This program, started by a test as a process that runs the stream of a hub root until it is killed.</summary>
internal static class StreamProcess
{
    public const string Name = "stream";

    public static Process Start(string root) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [typeof(StreamProcess).Assembly.Location, Name, root])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;

    public static int Run(string folder)
    {
        var root = new HubRoot(folder);
        var stream = StreamFile.Read(root, root.Document(DocumentKind.Stream, "orders"));
        using var stopping = new CancellationTokenSource();
        // A test that ends, however it does, leaves no process behind.
        _ = Task.Run(() =>
        {
            while (Console.ReadLine() is not null) { }
            stopping.Cancel();
        });
        new StreamWorker(root, stream, new() { MemoryLimitBytes = 256 << 20, Threads = 1 }, TimeProvider.System, new CommitLog()).Run(
            untilCaughtUp: false,
            stopping.Token
        );
        return 0;
    }

    /// <summary>Says each commit, and what goes wrong, in a line.</summary>
    private sealed class CommitLog : ILogger
    {
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
            Console.Out.WriteLine(exception is null ? formatter(state, exception) : $"{formatter(state, exception)}: {exception}");
            Console.Out.Flush();
        }
    }
}
