using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using ServerlessHub.Api.Access;

namespace ServerlessHub.Api.OpenApi;

/// <summary>Says in the API's document what no endpoint says: what it is, and how to authenticate.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    private const string Key = "key";
    private const string Bearer = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "ServerlessHub",
            Version = "1",
            Description =
                "Jobs, runs, schedules and tables of a hub. Errors are problem details (RFC 9457): 'detail' says what happened, 'hint' what to do, 'findings' what is wrong with a document.",
        };
        // Whoever reads the document knows where it came from.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Key] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiAccess.KeyHeader,
                Description = "The hub's key; without one the hub answers to its own machine only.",
            },
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The hub's key.",
            },
        };
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] },
        ];
        return Task.CompletedTask;
    }
}
