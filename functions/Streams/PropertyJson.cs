using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Functions.Streams;

/// <summary>Writes an event's properties as a JSON object of texts, which is what a raw table keeps as headers.</summary>
internal static class PropertyJson
{
    /// <summary>The object's UTF-8; empty where there are none.</summary>
    public static byte[] Of(IDictionary<string, object> properties) =>
        properties.Count == 0
            ? []
            : JsonSerializer.SerializeToUtf8Bytes(properties.ToDictionary(p => p.Key, p => Text(p.Value)), DurableJson.Options);

    private static string? Text(object? value) =>
        value switch
        {
            null => null,
            // What came over the namespace's Kafka endpoint has bytes here, which are texts there.
            byte[] bytes => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Convert.ToBase64String(bytes),
            DateTime or DateTimeOffset => string.Create(CultureInfo.InvariantCulture, $"{value:O}"),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
}
