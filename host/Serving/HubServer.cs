using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessHub.Api;
using ServerlessHub.Api.Access;
using ServerlessHub.Orchestrations;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host.Serving;

/// <summary>The web server, the scheduler and the workers of a hub root, in this process.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly HubRoot root;
    private readonly LocalHub hub;
    private readonly WebApplication app;

    private readonly ILoggerFactory loggers;

    private HubServer(HubRoot root, LocalHub hub, WebApplication app, ILoggerFactory loggers) =>
        (this.root, this.hub, this.app, this.loggers) = (root, hub, app, loggers);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Opens the hub's runtime and begins to listen.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="listen">The addresses to listen on.</param>
    /// <param name="key">The key that requests carry.</param>
    /// <param name="options">How much pipelines may use.</param>
    /// <exception cref="IOException">Another process has the hub root's runtime, or an address is taken.</exception>
    public static async Task<HubServer> Start(HubRoot root, string listen, string key, JobHubOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(listen);
        // Whoever watches a run would hold the server for as long as the run takes.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var loggers = ServerTelemetry.Logs();
        var hub = LocalHub.Open(root, options, loggers);
        try
        {
            builder.Services.AddSingleton(loggers);
            builder.Services.AddTelemetry();
            builder.Services.AddSingleton(root);
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddSingleton(new ApiAccess(key));
            builder.Services.AddSingleton(hub.Jobs);
            builder.Services.AddSingleton(hub.Starter);
            builder.Services.AddSingleton(hub.Control);
            builder.Services.AddSingleton<HubWatch>();
            builder.Services.AddHostedService<HubLoop>();
            builder.Services.AddHostedService<StreamLoop>();
            builder.Services.AddHubApi();
            var app = builder.Build();
            app.UseHubApi();
            app.UseMetrics();
            await app.StartAsync();
            var server = new HubServer(root, hub, app, loggers)
            {
                Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
            };
            new ServerFile(server.Address, Environment.ProcessId).Write(root);
            return server;
        }
        catch
        {
            await hub.DisposeAsync();
            loggers.Dispose();
            throw;
        }
    }

    /// <summary>Stops: no request is taken, what runs is cancelled and made again by the next server.</summary>
    public async ValueTask DisposeAsync()
    {
        ServerFile.Delete(root);
        await app.StopAsync();
        await hub.DisposeAsync();
        await app.DisposeAsync();
        loggers.Dispose();
    }
}

/// <summary>What the hub does by itself, again and again.</summary>
internal sealed class HubLoop(HubWatch watch, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private const int LooksBetweenMaintenance = 30;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        var looks = 0;
        do
        {
            await watch.StartDue(stoppingToken);
            if (looks++ % LooksBetweenMaintenance == 0)
                await watch.Maintain(stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}

/// <summary>Looks at the documents of streams, again and again.</summary>
internal sealed class StreamLoop(StreamHost streams, TimeProvider time, ILogger<StreamLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                streams.Look();
            }
            catch (Exception e) when (e is RunException or IOException or UnauthorizedAccessException)
            {
                Logs.StreamsNotSeen(logger, e.Message);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await streams.DisposeAsync();
    }
}
