using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>Parses JSON into values that know where they stand.</summary>
internal sealed partial class JsonText
{
    private readonly string file;
    private readonly byte[] utf8;
    private readonly List<int> lineStarts = [0];
    private readonly Diagnostics findings;

    private JsonText(string text, string file, Diagnostics findings)
    {
        this.file = file;
        this.findings = findings;
        utf8 = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < utf8.Length; i++)
            if (utf8[i] == '\n')
                lineStarts.Add(i + 1);
    }

    /// <summary>Parses a document; reports and returns null when it is not JSON, or is larger or nested deeper than a document may be.</summary>
    public static JsonValue? Parse(string text, string file, Diagnostics findings)
    {
        if (text.Length <= DocumentLimits.Default.Length)
            return new JsonText(text, file, findings).Parse();
        DocumentText.ReportTooLarge(file, DocumentLimits.Default.Length, "characters", findings);
        return null;
    }

    private JsonValue? Parse()
    {
        try
        {
            var options = new JsonReaderOptions { MaxDepth = DocumentLimits.Default.Depth, CommentHandling = JsonCommentHandling.Skip };
            var reader = new Utf8JsonReader(utf8, options);
            reader.Read();
            var value = Value(ref reader);
            reader.Read();
            return value;
        }
        catch (JsonException e)
        {
            var line = (int)Math.Min(e.LineNumber ?? 0, lineStarts.Count - 1);
            var at = LocationOf(Math.Min(lineStarts[line] + (int)(e.BytePositionInLine ?? 0), utf8.Length));
            findings.Add(Rule.BadSchema, at, "the file is not JSON: " + Place().Replace(e.Message, "").TrimEnd('.'));
            return null;
        }
    }

    private JsonValue Value(ref Utf8JsonReader reader)
    {
        var at = LocationOf((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return new JsonValue(JsonValueKind.Object, at, "", Members(ref reader), []);
            case JsonTokenType.StartArray:
                return new JsonValue(JsonValueKind.Array, at, "", [], Items(ref reader));
            case JsonTokenType.String:
                return new JsonValue(JsonValueKind.String, at, reader.GetString()!, [], []);
            default:
                var kind = reader.TokenType switch
                {
                    JsonTokenType.Number => JsonValueKind.Number,
                    JsonTokenType.True => JsonValueKind.True,
                    JsonTokenType.False => JsonValueKind.False,
                    _ => JsonValueKind.Null,
                };
                return new JsonValue(kind, at, Encoding.UTF8.GetString(reader.ValueSpan), [], []);
        }
    }

    private List<JsonMember> Members(ref Utf8JsonReader reader)
    {
        var members = new List<JsonMember>();
        var names = new HashSet<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var at = LocationOf((int)reader.TokenStartIndex);
            if (!names.Add(name))
                findings.Add(Rule.BadSchema, at, $"the member '{name}' is there twice", "keep one of the two");
            reader.Read();
            members.Add(new JsonMember(name, at, Value(ref reader)));
        }
        return members;
    }

    private List<JsonValue> Items(ref Utf8JsonReader reader)
    {
        var items = new List<JsonValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(Value(ref reader));
        return items;
    }

    private SourceLocation LocationOf(int offset)
    {
        var line = lineStarts.BinarySearch(offset);
        if (line < 0)
            line = ~line - 1;
        return new SourceLocation(file, line + 1, Encoding.UTF8.GetCharCount(utf8, lineStarts[line], offset - lineStarts[line]) + 1);
    }

    [GeneratedRegex(@"\s*(Change the reader options\.)?\s*(Path: .*\|)?\s*LineNumber: \d+ \| BytePositionInLine: \d+\.?$")]
    private static partial Regex Place();
}
