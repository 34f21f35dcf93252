using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServerlessHub.Api.Access;
using ServerlessHub.Api.Problems;
using ServerlessHub.Api.Tables;

namespace ServerlessHub.Api;

/// <summary>The hub's HTTP endpoints, the same in every host: <c>/api</c>, its document under <c>/openapi/v1.json</c>, and <c>/health</c>.</summary>
public static class HubApi
{
    /// <summary>Adds what the endpoints need beside the hub itself, which the host registers.</summary>
    public static IServiceCollection AddHubApi(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemHandler>();
        services.AddOpenApi();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        });
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

    private static Task Admit(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            context.Features.Set(context.RequestServices.GetRequiredService<ApiAccess>().Admit(context));
        return next(context);
    }

    private static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi();
        var api = endpoints.MapGroup("/api");
        TableEndpoints.Map(api);
    }
}
