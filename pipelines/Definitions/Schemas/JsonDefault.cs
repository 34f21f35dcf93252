using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>JSON Schema's defaults as texts that the engine casts: written as the data has them, bytes in base64.</summary>
internal static class JsonDefault
{
    /// <summary>The text of a default; null for null, and for one that is wrong, which is reported.</summary>
    public static string? Read(JsonValue value, LogicalType type, bool isNullable, Diagnostics findings)
    {
        if (value.Kind == JsonValueKind.Null && isNullable)
            return null;
        if (SchemaColumns.Empty(value, type) is { } empty)
            return empty;
        var isRight = type.Kind switch
        {
            TypeKind.Boolean => value.Kind is JsonValueKind.True or JsonValueKind.False,
            TypeKind.Integer or TypeKind.BigInt or TypeKind.Float or TypeKind.Double => value.Kind == JsonValueKind.Number,
            TypeKind.Decimal => value.Kind is JsonValueKind.Number or JsonValueKind.String,
            TypeKind.List or TypeKind.Struct or TypeKind.Map => false,
            _ => value.IsText(),
        };
        if (!isRight)
        {
            var hint = type.Kind is TypeKind.List or TypeKind.Map ? SchemaColumns.OnlyEmpty : null;
            findings.Add(Rule.BadSchema, value.Location, $"the default {value.Described} is no value of the type {type}", hint);
            return null;
        }
        if (type.Kind != TypeKind.Blob)
            return SchemaColumns.Checked(value.Text, type, value.Location, findings);
        if (ParameterValue.Parse(value.Text, type) is (byte[] bytes, _))
            return SchemaColumns.BlobText(bytes);
        findings.Add(Rule.BadSchema, value.Location, "the default is not base64");
        return null;
    }
}
