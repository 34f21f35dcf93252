using System.Text.Json;
using ServerlessHub.Api.Problems;

namespace ServerlessHub.Api.Documents;

/// <summary>The texts of parameters that were given as JSON.</summary>
internal static class ParameterTexts
{
    /// <summary>Each value as text; a null is a parameter that is not given.</summary>
    /// <exception cref="ApiException">A value is a list or an object, or no text.</exception>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, JsonElement>? values) =>
        (values ?? new Dictionary<string, JsonElement>())
            .Where(v => v.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            .ToDictionary(v => v.Key, v => Text(v.Key, v.Value));

    private static string Text(string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                try
                {
                    return value.GetString()!;
                }
                catch (InvalidOperationException)
                {
                    throw ApiException.BadRequest($"the value of parameter '{name}' is no text: it holds half a character");
                }
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                return value.GetRawText();
            default:
                throw ApiException.BadRequest(
                    $"the value of parameter '{name}' is a list or an object",
                    "give a text, a number, or true or false"
                );
        }
    }
}
