using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessHub.Orchestrations.Durable;

/// <summary>How inputs, results and events are written: the same in every runtime, since a history is read by the next version of the program too.</summary>
public static class DurableJson
{
    /// <summary>Names in camel case, enumerations by name, nothing for null.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        };
}
