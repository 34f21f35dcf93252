using System.Text.Json;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>A value of a JSON document that knows where it stands.</summary>
internal sealed class JsonValue(
    JsonValueKind kind,
    SourceLocation location,
    string text,
    IReadOnlyList<JsonMember> members,
    IReadOnlyList<JsonValue> items
)
{
    /// <summary>What it is.</summary>
    public JsonValueKind Kind => kind;

    /// <summary>Where it begins.</summary>
    public SourceLocation Location => location;

    /// <summary>A string's characters, a number as it is written, <c>true</c>, <c>false</c> or <c>null</c>; empty for what holds values.</summary>
    public string Text => text;

    /// <summary>An object's members in order.</summary>
    public IReadOnlyList<JsonMember> Members => members;

    /// <summary>An array's values.</summary>
    public IReadOnlyList<JsonValue> Items => items;

    /// <summary>An object's member of this name, or null.</summary>
    public JsonValue? this[string name] => Members.FirstOrDefault(m => m.Name == name)?.Value;

    /// <summary>Whether it is a string, and this one if one is given.</summary>
    public bool IsText(string? text = null) => Kind == JsonValueKind.String && (text is null || Text == text);

    /// <summary>What it is, for messages.</summary>
    public string Described =>
        Kind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => $"'{Text}'",
            _ => Text,
        };

    /// <summary>The whole number it is, or null.</summary>
    public int? Integer => Kind == JsonValueKind.Number && int.TryParse(Text, out var n) ? n : null;
}

/// <summary>A member of a JSON object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="NameAt">Where the name stands.</param>
/// <param name="Value">Its value.</param>
internal sealed record JsonMember(string Name, SourceLocation NameAt, JsonValue Value);
