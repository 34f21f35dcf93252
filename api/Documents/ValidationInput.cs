using System.Text.Json;

namespace ServerlessHub.Api.Documents;

/// <summary>What a document is validated with.</summary>
/// <param name="Parameters">Values for the parameters that it declares, by name; those that are missing are no error.</param>
public sealed record ValidationInput(IReadOnlyDictionary<string, JsonElement>? Parameters = null);
