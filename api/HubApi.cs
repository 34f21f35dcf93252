using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ServerlessHub.Api.Access;
using ServerlessHub.Api.Backfills;
using ServerlessHub.Api.Documents;
using ServerlessHub.Api.Health;
using ServerlessHub.Api.OpenApi;
using ServerlessHub.Api.Problems;
using ServerlessHub.Api.Runs;
using ServerlessHub.Api.Schedules;
using ServerlessHub.Api.Signals;
using ServerlessHub.Api.Streams;
using ServerlessHub.Api.Tables;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Embedded;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Api;

/// <summary>The hub's HTTP endpoints, the same in every host: <c>/api</c>, its document under <c>/openapi/v1.json</c>, and <c>/health</c>.</summary>
public static class HubApi
{
    /// <summary>Where a host that has one serves its metrics; whoever asks needs the key, as for <c>/api</c>.</summary>
    public const string MetricsPath = "/metrics";

    private static readonly PathString[] Closed = ["/api", "/openapi", MetricsPath];

    /// <summary>
    /// Adds what the endpoints need. The host registers the <see cref="JobHub"/> and the <see cref="ApiAccess"/>; and a <see cref="RuntimeFailure"/>, where its
    /// durable runtime is another than the embedded one.
    /// </summary>
    public static IServiceCollection AddHubApi(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemHandler>();
        services.AddOpenApi(options =>
            options.AddDocumentTransformer<DocumentTransformer>().AddSchemaTransformer<AbsentWhenNull>().AddSchemaTransformer<EnumNames>()
        );
        // Whatever cannot be read is explained to whoever sent it, in every environment.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        });
        AddHub(services);
        return services;
    }

    /// <summary>Puts the endpoints into an application.</summary>
    public static void UseHubApi(this IApplicationBuilder app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.Use(Admit);
        app.UseEndpoints(Map);
    }

    /// <summary>Whoever asks; known behind the first gate.</summary>
    internal static Caller Caller(this HttpContext context) => context.Features.Get<Caller>()!;

    private static void AddHub(IServiceCollection services)
    {
        services.TryAddSingleton(p => p.GetRequiredService<JobHub>().Root);
        services.TryAddSingleton(p => p.GetRequiredService<JobHub>().Time);
        services.TryAddSingleton(p => p.GetRequiredService<JobHub>().History);
        services.TryAddSingleton(p => p.GetRequiredService<JobHub>().Undo);
        services.TryAddSingleton<JobStarter>();
        services.TryAddSingleton<JobControl>();
        services.TryAddSingleton<HubWatch>();
        services.TryAddSingleton(p => p.GetRequiredService<HubWatch>().Schedules);
        services.TryAddSingleton(p => p.GetRequiredService<HubWatch>().Documents);
        services.TryAddSingleton(p =>
        {
            var hub = p.GetRequiredService<JobHub>();
            return new IdempotencyKeys(hub.Root.Storage, hub.Time);
        });
        services.TryAddSingleton<RequestKeys>();
        services.TryAddSingleton<RuntimeFailure>(p => () => (p.GetRequiredService<JobHub>().Client as EmbeddedRuntime)?.Failure);
        services.TryAddSingleton(p => new StreamHost(
            p.GetRequiredService<HubRoot>(),
            new StreamOptions(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<StreamHost>>()
        ));
        services.TryAddSingleton<RunStart>();
        services.TryAddSingleton<ScheduleViews>();
    }

    private static Task Admit(HttpContext context, RequestDelegate next)
    {
        if (Closed.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal)))
            context.Features.Set(context.RequestServices.GetRequiredService<ApiAccess>().Admit(context));
        return next(context);
    }

    private static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi();
        HealthEndpoints.Map(endpoints);
        var api = endpoints
            .MapGroup("/api")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        JobEndpoints.Map(api);
        PipelineEndpoints.Map(api);
        StreamEndpoints.Map(api);
        StreamStatusEndpoints.Map(api);
        EventEndpoints.Map(api);
        RunEndpoints.Map(api);
        ScheduleEndpoints.Map(api);
        SignalEndpoints.Map(api);
        BackfillEndpoints.Map(api);
        TableEndpoints.Map(api);
    }
}
