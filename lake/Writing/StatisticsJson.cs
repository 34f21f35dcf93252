using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>The statistics of a data file as the log holds them: bounds only where every reader reads them as the same value.</summary>
/// <param name="columns">The columns that get statistics.</param>
internal sealed class StatisticsJson(IReadOnlyList<IndexedColumn> columns)
{
    private const int LongestText = 32;
    private const string HighestCharacter = "\U0010FFFF";
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The statistics of a file.</summary>
    public string Write(WrittenFile file)
    {
        var written = file.Columns.ToDictionary(column => Key(column.Path));
        var (min, max, nulls) = (new JsonObject(), new JsonObject(), new JsonObject());
        foreach (var (_, path, type) in columns)
        {
            if (!written.TryGetValue(Key(path), out var column))
                continue;
            Put(min, path, Min(type, column.Min));
            Put(max, path, Max(type, column.Max));
            Put(nulls, path, column.Nulls);
        }
        var statistics = new JsonObject
        {
            ["numRecords"] = file.Rows,
            ["minValues"] = min,
            ["maxValues"] = max,
            ["nullCount"] = nulls,
        };
        return statistics.ToJsonString(Readable);
    }

    /// <summary>The statistics of a file of which rows are deleted since: bounds that need not be met any more.</summary>
    public static string? Widen(string? statistics)
    {
        if (statistics is null || JsonNode.Parse(statistics) is not JsonObject values)
            return statistics;
        values["tightBounds"] = false;
        return values.ToJsonString(Readable);
    }

    private static void Put(JsonObject root, IReadOnlyList<string> path, JsonNode? value)
    {
        if (value is null)
            return;
        var at = root;
        foreach (var part in path.SkipLast(1))
        {
            var inner = at[part] as JsonObject ?? [];
            at[part] ??= inner;
            at = inner;
        }
        at[path[^1]] = value;
    }

    private static JsonNode? Min(DeltaType type, string? text) =>
        text is null
            ? null
            : type switch
            {
                PrimitiveType { Name: "string" } => Prefix(text),
                PrimitiveType { Name: "timestamp" or "timestamp_ntz" } => Millisecond(type, text, 0),
                _ => Exact(type, text),
            };

    private static JsonNode? Max(DeltaType type, string? text) =>
        text is null
            ? null
            : type switch
            {
                PrimitiveType { Name: "string" } => UpperBound(text),
                // Up to the millisecond, so that it is a bound also for readers that do not allow for the digits cut off.
                PrimitiveType { Name: "timestamp" or "timestamp_ntz" } => Millisecond(type, text, TimeSpan.TicksPerMillisecond - 1),
                // The engine has one zero, some readers put the negative one below the other.
                PrimitiveType { Name: "float" or "double" } when text == "-0.0" => Exact(type, "0.0"),
                _ => Exact(type, text),
            };

    private static JsonNode? Exact(DeltaType type, string text) =>
        type switch
        {
            DecimalType or PrimitiveType { Name: "long" or "integer" or "short" or "byte" } => JsonNode.Parse(text),
            // Neither NaN nor infinity is a number of JSON.
            PrimitiveType { Name: "float" or "double" } => double.TryParse(text, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
                ? JsonNode.Parse(text)
                : null,
            PrimitiveType { Name: "date" } => OrderedValue.Parse(type, text) is null ? null : text,
            _ => null,
        };

    private static JsonValue? Millisecond(DeltaType type, string text, long more)
    {
        try
        {
            var ticks = PartitionValue.Instant(text).Ticks + more;
            var instant = new DateTime(ticks - (ticks % TimeSpan.TicksPerMillisecond));
            var format = type == DeltaType.Timestamp ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff";
            return JsonValue.Create(instant.ToString(format, CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static string Prefix(string text)
    {
        if (text.Length <= LongestText)
            return text;
        return text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)];
    }

    /// <summary>A text that is not less than any that begins like this one; null if none can be written.</summary>
    private static string? UpperBound(string text)
    {
        var prefix = Prefix(text);
        if (prefix.Length == text.Length)
            return text;
        return text[prefix.Length..].StartsWith(HighestCharacter, StringComparison.Ordinal) ? null : prefix + HighestCharacter;
    }

    private static string Key(IReadOnlyList<string> path) => string.Join('\0', path);
}
