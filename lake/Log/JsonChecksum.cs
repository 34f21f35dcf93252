using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ServerlessHub.Lake.Log;

/// <summary>The protocol's checksum of a JSON object: of its values, each with the path to it, in the order of these.</summary>
internal static class JsonChecksum
{
    private const string Property = "checksum";

    /// <summary>The checksum, in which one that the object has already does not count.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Security",
        "CA5351:Do Not Use Broken Cryptographic Algorithms",
        Justification = "The protocol has MD5; it tells whether a hint is whole, and protects nothing."
    )]
    public static string Of(JsonElement json) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(Canonical(json))));

    /// <summary>Whether an object has the checksum that it says, or says none.</summary>
    public static bool Holds(JsonElement json) =>
        json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(Property, out var said) || said.GetString() == Of(json);

    /// <summary>The text that the checksum is of.</summary>
    public static string Canonical(JsonElement json) =>
        string.Join(
            ',',
            json.EnumerateObject()
                .Where(property => property.Name != Property)
                .SelectMany(property => Values(Text(property.Name), property.Value))
                .OrderBy(value => value.Path, StringComparer.Ordinal)
                .Select(value => $"{value.Path}={value.Value}")
        );

    private static IEnumerable<(string Path, string Value)> Values(string path, JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject().SelectMany(property => Values($"{path}+{Text(property.Name)}", property.Value)),
            JsonValueKind.Array => json.EnumerateArray().SelectMany((element, index) => Values($"{path}+{index}", element)),
            JsonValueKind.String => [(path, Text(json.GetString()!))],
            _ => [(path, json.GetRawText())],
        };

    private static string Text(string text) => $"\"{Uri.EscapeDataString(text)}\"";
}
