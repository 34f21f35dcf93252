using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ServerlessHub.Streams.Tests.Polling;

/// <summary>A REST service on a free port of the loopback address, which answers as it is told to.</summary>
internal sealed class PollServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PollServer(WebApplication app) => _app = app;

    /// <summary>What each request is answered with.</summary>
    public Func<HttpContext, Task> Answers { get; set; } = _ => Task.CompletedTask;

    /// <summary>The requests: path and query.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public string Address => _app.Urls.Single();

    public static async Task<PollServer> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new PollServer(app);
        app.Run(context =>
        {
            server.Requests.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
            return server.Answers(context);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>The requests since the last time.</summary>
    public string[] Take()
    {
        var all = new List<string>();
        while (Requests.TryDequeue(out var request))
            all.Add(request);
        return [.. all];
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
