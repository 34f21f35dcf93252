using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ServerlessHub.Api.OpenApi;

/// <summary>Says in the API's document which names may stand for an <see cref="EnumName{T}"/>.</summary>
internal sealed class EnumNames : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.ParameterDescription?.Type is { } type && Names(type) is { } names)
        {
            var one = type.IsArray && schema.Items is OpenApiSchema items ? items : schema;
            one.Enum = [.. names.Select(n => (JsonNode)n)];
        }
        return Task.CompletedTask;
    }

    private static IReadOnlyList<string>? Names(Type type)
    {
        var one = type.IsArray ? type.GetElementType()! : Nullable.GetUnderlyingType(type) ?? type;
        return one.IsGenericType && one.GetGenericTypeDefinition() == typeof(EnumName<>)
            ? (IReadOnlyList<string>)one.GetProperty(nameof(EnumName<DayOfWeek>.Names))!.GetValue(null)!
            : null;
    }
}
