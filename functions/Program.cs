using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessHub.Api;
using ServerlessHub.Api.Access;
using ServerlessHub.Functions;
using ServerlessHub.Functions.Durable;
using ServerlessHub.Functions.Streams;
using ServerlessHub.Orchestrations.Publishing;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Secrets;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

try
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    builder.ConfigureDurableWorker();
    var services = builder.Services;
    var settings = HubSettings.Read(builder.Configuration, new EnvironmentSecrets(Environment.GetEnvironmentVariable));
    services.AddTelemetry(builder.Configuration);
    services.AddSingleton(settings);
    services.AddSingleton(TimeProvider.System);
    services.AddSingleton(new ApiAccess(settings.ApiKey));
    services.AddSingleton<AppHub>();
    services.AddSingleton(provider => provider.GetRequiredService<AppHub>().Jobs);
    services.AddSingleton<ActivityRunner>();
    services.AddSingleton<ApiPipeline>();
    services.AddSingleton<DocumentPublisher>();
    services.AddSingleton<ValidateDocument>(provider => provider.GetRequiredService<AppHub>().Validate);
    services.AddSingleton<EventHubReader>();
    services.AddSingleton<ReadEvents>(provider => provider.GetRequiredService<EventHubReader>().Read);
    services.AddSingleton<FindEnds>(provider => provider.GetRequiredService<EventHubReader>().Ends);
    services.AddSingleton(new StreamOptions { MemoryLimitBytes = settings.Options.MemoryLimitBytes / settings.Options.ParallelPipelines });
    services.AddSingleton<StreamProcessors>();
    services.AddSingleton<EventIntake>();
    services.AddSingleton<StreamControl>();
    services.AddSingleton<EventStreams>();
    services.AddSingleton<EventDelivery>();
    services.AddHubApi();
    services.AddOptions<DurableTaskRegistry>().Configure<AppHub>((registry, hub) => registry.AddOrchestrators(hub.Tasks, () => hub.Client));
    using var app = builder.Build();
    // The hub root is opened before the first function is called, or the start fails.
    app.Services.GetRequiredService<AppHub>();
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is SettingsException or SecretException or RunException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
