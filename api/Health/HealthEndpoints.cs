using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Health;

/// <summary><c>/health</c>: what a load balancer or supervisor asks, without a key.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var health = endpoints.MapGroup("/health").WithTags("health");
        health
            .MapGet("/live", () => TypedResults.Ok(new HealthOutput(IsHealthy: true, [])))
            .WithName("isLive")
            .WithSummary("Whether the process answers.")
            .WithDescription("It always does; a process that does not is to be started again.");
        health
            .MapGet("/ready", Ready)
            .WithName("isReady")
            .WithSummary("Whether work is accepted.")
            .WithDescription("The storage of the hub root can be reached, and the durable runtime can write.")
            .Produces<HealthOutput>()
            .Produces<HealthOutput>(StatusCodes.Status503ServiceUnavailable);
    }

    private static JsonHttpResult<HealthOutput> Ready(HubRoot root, RuntimeFailure runtime)
    {
        var problems = new[] { Storage(root), runtime() is { } failure ? $"the durable runtime accepts nothing: {failure.Message}" : null };
        var output = new HealthOutput(problems.All(p => p is null), [.. problems.OfType<string>()]);
        return TypedResults.Json(output, statusCode: output.IsHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static string? Storage(HubRoot root)
    {
        try
        {
            return root.Storage.Folders("config").Count == 0 ? "the hub root is not there: it holds no config" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RunException)
        {
            return $"the storage of the hub root cannot be reached: {e.Message}";
        }
    }
}

/// <summary>How the hub stands.</summary>
/// <param name="IsHealthy">Whether all is well.</param>
/// <param name="Problems">What is not, a sentence each.</param>
public sealed record HealthOutput(bool IsHealthy, IReadOnlyList<string> Problems);
