using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ServerlessHub.Api.OpenApi;

/// <summary>Says in the API's document that what is null is absent from an answer, so that no property is called required that may be.</summary>
internal sealed class AbsentWhenNull : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var property in context.JsonTypeInfo.Properties.Where(p => p.IsGetNullable))
            schema.Required?.Remove(property.Name);
        return Task.CompletedTask;
    }
}
