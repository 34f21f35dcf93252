using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ServerlessHub.Engine;

/// <summary>Makes exceptions of DuckDB's error texts, which are JSON wherever DuckDB honours <c>errors_as_json</c>.</summary>
internal static class EngineErrors
{
    private static readonly Dictionary<string, EngineErrorKind> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Out of Range"] = EngineErrorKind.OutOfRange,
        ["Conversion"] = EngineErrorKind.Conversion,
        ["Unknown Type"] = EngineErrorKind.UnknownType,
        ["Decimal"] = EngineErrorKind.Decimal,
        ["Mismatch Type"] = EngineErrorKind.MismatchType,
        ["Divide by Zero"] = EngineErrorKind.DivideByZero,
        ["Object Size"] = EngineErrorKind.ObjectSize,
        ["Invalid type"] = EngineErrorKind.InvalidType,
        ["Serialization"] = EngineErrorKind.Serialization,
        ["TransactionContext"] = EngineErrorKind.Transaction,
        ["Not implemented"] = EngineErrorKind.NotImplemented,
        ["Expression"] = EngineErrorKind.Expression,
        ["Catalog"] = EngineErrorKind.Catalog,
        ["Parser"] = EngineErrorKind.Parser,
        ["Binder"] = EngineErrorKind.Binder,
        ["Planner"] = EngineErrorKind.Planner,
        ["Scheduler"] = EngineErrorKind.Scheduler,
        ["Executor"] = EngineErrorKind.Executor,
        ["Constraint"] = EngineErrorKind.Constraint,
        ["Index"] = EngineErrorKind.Index,
        ["Stat"] = EngineErrorKind.Stat,
        ["Connection"] = EngineErrorKind.Connection,
        ["Syntax"] = EngineErrorKind.Syntax,
        ["Settings"] = EngineErrorKind.Settings,
        ["Optimizer"] = EngineErrorKind.Optimizer,
        ["NullPointer"] = EngineErrorKind.NullPointer,
        ["IO"] = EngineErrorKind.IO,
        ["INTERRUPT"] = EngineErrorKind.Interrupt,
        ["FATAL"] = EngineErrorKind.Fatal,
        ["INTERNAL"] = EngineErrorKind.Internal,
        ["Invalid Input"] = EngineErrorKind.InvalidInput,
        ["Out of Memory"] = EngineErrorKind.OutOfMemory,
        ["Permission"] = EngineErrorKind.Permission,
        ["Parameter Not Resolved"] = EngineErrorKind.ParameterNotResolved,
        ["Parameter Not Allowed"] = EngineErrorKind.ParameterNotAllowed,
        ["Dependency"] = EngineErrorKind.Dependency,
        ["Missing Extension"] = EngineErrorKind.MissingExtension,
        ["HTTP"] = EngineErrorKind.Http,
        ["Extension Autoloading"] = EngineErrorKind.Autoload,
        ["Sequence"] = EngineErrorKind.Sequence,
        ["Invalid Configuration"] = EngineErrorKind.InvalidConfiguration,
    };

    /// <summary>The exception for an error text.</summary>
    /// <param name="text">What DuckDB said.</param>
    /// <param name="kind">The kind, where DuckDB told it beside the text; otherwise it is taken from the text.</param>
    /// <param name="sql">The SQL that DuckDB's position counts in.</param>
    public static EngineException Create(string? text, EngineErrorKind kind = EngineErrorKind.Unknown, string? sql = null)
    {
        text = string.IsNullOrEmpty(text) ? "DuckDB failed and does not say why." : text;
        var details = Details(ref text, ref kind);
        var inner = CallbackErrors.Take(ref text);
        return new(kind, text, Position(details, sql), details, inner);
    }

    private static Dictionary<string, string>? Details(ref string text, ref EngineErrorKind kind)
    {
        if (Split(ref text) is { } name && kind == EngineErrorKind.Unknown)
            kind = name;
        if (!text.StartsWith("{\"exception_type\"", StringComparison.Ordinal))
            return null;

        try
        {
            var details = new Dictionary<string, string>(StringComparer.Ordinal);
            using var json = JsonDocument.Parse(text);
            foreach (var property in json.RootElement.EnumerateObject())
                details[property.Name] = property.Value.ToString();

            if (details.Remove("exception_type", out var type) && kind == EngineErrorKind.Unknown)
                kind = Kinds.GetValueOrDefault(type);
            if (details.Remove("exception_message", out var message))
                text = message;
            return details;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Takes "Binder Error: " off the text and gives its kind.</summary>
    private static EngineErrorKind? Split(ref string text)
    {
        const string separator = " Error: ";
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0 || !Kinds.TryGetValue(text[..at], out var kind))
            return null;

        text = text[(at + separator.Length)..];
        return kind;
    }

    /// <summary>DuckDB counts bytes of UTF-8; we count characters.</summary>
    private static int? Position(Dictionary<string, string>? details, string? sql)
    {
        if (sql is null || details is null || !details.Remove("position", out var text))
            return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            return null;

        var utf8 = Encoding.UTF8.GetBytes(sql);
        return bytes <= utf8.Length ? Encoding.UTF8.GetCharCount(utf8, 0, bytes) : null;
    }
}
