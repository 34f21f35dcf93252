using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableTask.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Functions.Durable;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Functions.Tests.Durable;

/// <summary>A task hub in memory, and one worker of it at a time, which talks to it as a worker of its own process would, and can die.</summary>
internal sealed class TestTaskHub : IAsyncDisposable
{
    private readonly InMemoryOrchestrationService _store = new();
    private readonly List<WebApplication> _sidecars = [];
    private readonly List<WorkLocks> _locks = [];
    private readonly RejectionLog _rejections = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _begun = new(StringComparer.Ordinal);
    private IHost? _worker;
    private GrpcChannel? _channel;
    private CancellationTokenSource _stops = new();

    /// <summary>Ends when a worker has left an instance to those of a later version.</summary>
    public Task Rejected => _rejections.First;

    /// <summary>Ends when a worker has begun an activity of a name.</summary>
    public Task Begun(string activity) => Beginning(activity).Task;

    /// <summary>Starts a worker.</summary>
    public async Task<IDurableClient> Start(DurableTasks tasks)
    {
        _locks.Add(new WorkLocks(_store));
        _channel = GrpcChannel.ForAddress(await StartSidecar(_locks[^1]));
        _stops = new CancellationTokenSource();
        IDurableClient? client = null;
        var stops = _stops.Token;
        var versioning = Versioning(tasks.Version);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.AddProvider(_rejections));
        builder.Services.AddDurableTaskWorker(worker =>
        {
            worker.UseGrpc(_channel);
            worker.UseVersioning(versioning);
            worker.AddTasks(registry =>
                registry
                    .AddOrchestrators(tasks, () => client)
                    .AddActivityFunc<JsonElement, JsonElement>(
                        ActivityRunner.Function,
                        (_, work) =>
                        {
                            Beginning(work.Deserialize<ActivityWork>(DurableJson.Options)!.Name).TrySetResult();
                            return new ActivityRunner(tasks, () => client!, NullLogger<ActivityRunner>.Instance).Run(work, stops);
                        }
                    )
            );
        });
        builder.Services.AddDurableTaskClient(durable =>
        {
            durable.UseGrpc(_channel);
            durable.UseDefaultVersion(versioning.DefaultVersion);
            durable.RegisterDirectly();
        });
        _worker = builder.Build();
        client = new DurableTaskHub(_worker.Services.GetRequiredService<DurableTaskClient>(), TimeProvider.System);
        await _worker.StartAsync();
        return client;
    }

    /// <summary>
    /// The worker dies: nothing it does counts any more, and what it had begun is another's to do. It does so between two turns of orchestrators: one that
    /// nobody has written down would be the same again, but would not know that it is.
    /// </summary>
    public async Task Crash()
    {
        // A turn that was rejected never ends here.
        while (!Rejected.IsCompleted && !await _locks[^1].IsAtRest())
            await Task.Yield();
        await Die();
    }

    /// <summary>The worker dies at once, whatever is under way.</summary>
    public async Task Die()
    {
        _locks[^1].Lose();
        await _stops.CancelAsync();
        await _worker!.StopAsync(new CancellationToken(canceled: true));
        _worker.Dispose();
        _channel!.Dispose();
        _stops.Dispose();
        _worker = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
            await Die();
        foreach (var sidecar in _sidecars)
            await sidecar.DisposeAsync();
        foreach (var locks in _locks)
            locks.Dispose();
    }

    private TaskCompletionSource Beginning(string activity) =>
        _begun.GetOrAdd(activity, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>What the Functions host does by its settings, a worker without it does by the same ones.</summary>
    private static DurableTaskWorkerOptions.VersioningOptions Versioning(int version)
    {
        var durable = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")))!["extensions"]!["durableTask"]!;
        return new()
        {
            Version = DurableTaskContext.PlatformVersion(version),
            DefaultVersion = DurableTaskContext.PlatformVersion(version),
            MatchStrategy = Enum.Parse<DurableTaskWorkerOptions.VersionMatchStrategy>((string)durable["versionMatchStrategy"]!),
            FailureStrategy = Enum.Parse<DurableTaskWorkerOptions.VersionFailureStrategy>((string)durable["versionFailureStrategy"]!),
        };
    }

    private async Task<string> StartSidecar(WorkLocks locks)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<IOrchestrationService>(locks);
        builder.Services.AddSingleton<IOrchestrationServiceClient>(_store);
        builder.Services.AddSingleton<TaskHubGrpcServer>();
        var sidecar = builder.Build();
        sidecar.MapGrpcService<TaskHubGrpcServer>();
        _sidecars.Add(sidecar);
        await sidecar.StartAsync();
        return sidecar.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }
}
