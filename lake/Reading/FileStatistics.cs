using System.Text;
using System.Text.Json;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>What the log says of a data file's content, so that the file need not be opened to know that it holds nothing of interest.</summary>
internal sealed class FileStatistics
{
    private const int ShortestCut = 32;
    private const int ExactDigits = 15;
    private const string HighestCharacter = "\U0010FFFF";
    private readonly JsonElement _root;

    private FileStatistics(JsonElement root) => _root = root;

    /// <summary>The number of rows in the file, if it is known.</summary>
    public long? Rows =>
        _root.ValueKind == JsonValueKind.Object && _root.TryGetProperty("numRecords", out var rows) && rows.TryGetInt64(out var number)
            ? number
            : null;

    /// <summary>The number of rows that statistics tell, without keeping anything else of them; null if they do not.</summary>
    public static long? ReadRows(string? stats)
    {
        if (stats is null)
            return null;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(stats));
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                var isCount = reader.ValueTextEquals("numRecords");
                reader.Read();
                if (isCount)
                    return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var rows) ? rows : null;
                reader.Skip();
            }
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads statistics; what cannot be read is as good as absent, for they only ever save work.</summary>
    public static FileStatistics Parse(string? stats)
    {
        if (stats is null)
            return new(default);
        try
        {
            using var document = JsonDocument.Parse(stats);
            return new(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return new(default);
        }
    }

    /// <summary>The least value of a top-level column, or null if it is not known.</summary>
    public OrderedValue? Min(string column, DeltaType type)
    {
        var least = OrderedValue.Parse(type, Value("minValues", column));
        return MayBeRounded(type) ? least?.Loosened(upwards: false) : least;
    }

    /// <summary>A value that none of a top-level column's exceeds, or null if it is not known.</summary>
    public OrderedValue? Max(string column, DeltaType type)
    {
        var text = Value("maxValues", column);
        // The protocol lets writers cut texts after some characters, and timestamps down to the millisecond, also in a maximum.
        return type switch
        {
            PrimitiveType { Name: "timestamp" or "timestamp_ntz" } => OrderedValue.Parse(type, text)?.NextMillisecond(),
            PrimitiveType { Name: "string" } when text?.Length >= ShortestCut => OrderedValue.Parse(type, text + HighestCharacter),
            _ when MayBeRounded(type) => OrderedValue.Parse(type, text)?.Loosened(upwards: true),
            _ => OrderedValue.Parse(type, text),
        };
    }

    /// <summary>How many rows have no value in a top-level column, or null if it is not known.</summary>
    public long? Nulls(string column) => long.TryParse(Value("nullCount", column), out var nulls) ? nulls : null;

    /// <summary>delta-rs writes bounds of decimals as floating numbers, which keep fifteen digits.</summary>
    private static bool MayBeRounded(DeltaType type) => type is DecimalType { Precision: > ExactDigits };

    private string? Value(string group, string column) =>
        _root.ValueKind == JsonValueKind.Object
        && _root.TryGetProperty(group, out var values)
        && values.ValueKind == JsonValueKind.Object
        && values.TryGetProperty(column, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;
}
