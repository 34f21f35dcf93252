using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessHub.Api;

namespace ServerlessHub.Functions;

/// <summary>The hub's HTTP endpoints: every request goes to the same pipeline as in any other host.</summary>
internal sealed class ApiFunction(AppHub hub, ApiPipeline pipeline)
{
    /// <summary>Answers a request. Who may ask is the hub's to say, so the platform asks for no key of its own.</summary>
    [Function("api")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", "put", "patch", "delete", "head", "options", Route = "{*path}")]
            HttpRequest request,
        [DurableClient] DurableTaskClient client
    )
    {
        hub.Attach(client);
        // The worker has routed the request to this function; the hub's endpoints are routed anew.
        request.HttpContext.SetEndpoint(null);
        request.RouteValues.Clear();
        await pipeline.Answer(request.HttpContext);
        return Results.Empty;
    }
}

/// <summary>The pipeline of the hub's endpoints, of which a process has one.</summary>
/// <param name="services">The services of the process, not of a request.</param>
internal sealed class ApiPipeline(IServiceProvider services)
{
    /// <summary>Answers a request.</summary>
    public RequestDelegate Answer { get; } = Build(services);

    private static RequestDelegate Build(IServiceProvider services)
    {
        var builder = new ApplicationBuilder(services);
        builder.UseHubApi();
        return builder.Build();
    }
}
