using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions.Schemas;

/// <summary>What both kinds of schema say about columns in the same way: names that come once, aliases, and where a missing value comes from.</summary>
internal static class SchemaColumns
{
    /// <summary>The columns without those whose name, or an alias, is already taken; the engine compares names without regard to case.</summary>
    public static IReadOnlyList<SchemaColumn> Distinct(IEnumerable<SchemaColumn> columns, Diagnostics findings)
    {
        var taken = new Dictionary<string, SchemaColumn>(StringComparer.OrdinalIgnoreCase);
        var result = new List<SchemaColumn>();
        foreach (var column in columns)
            if (taken.TryAdd(column.Name, column))
                result.Add(column);
            else
                findings.Add(
                    Rule.BadSchema,
                    column.Location,
                    $"'{column.Name}' is already declared in line {taken[column.Name].Location.Line}",
                    "rename one of the two"
                );
        foreach (var column in result)
        foreach (var alias in column.Aliases)
            if (!taken.TryAdd(alias, column) && taken[alias] != column)
                findings.Add(
                    Rule.BadSchema,
                    column.Location,
                    $"the alias '{alias}' also means '{taken[alias].Name}'",
                    "choose another alias"
                );
        return result;
    }

    /// <summary>The names in <c>aliases</c>.</summary>
    public static IReadOnlyList<string> Aliases(JsonValue column, Diagnostics findings)
    {
        if (column["aliases"] is not { } aliases)
            return [];
        if (aliases.Kind == JsonValueKind.Array && aliases.Items.All(a => a.IsText()))
            return [.. aliases.Items.Select(a => a.Text)];
        findings.Add(Rule.BadSchema, aliases.Location, "aliases must be an array of names");
        return [];
    }

    /// <summary>The parameter in <c>defaultFrom</c>.</summary>
    public static string? DefaultFrom(JsonValue column, Diagnostics findings)
    {
        if (column["defaultFrom"] is not { } from)
            return null;
        if (!from.IsText() || ValueForm.Check(AttributeKind.Identifier, [], "", from.Text) is not null)
            findings.Add(Rule.BadSchema, from.Location, $"defaultFrom must name a parameter, but is {from.Described}");
        else if (column["default"] is { Kind: not JsonValueKind.Null } value)
            findings.Add(Rule.BadSchema, value.Location, "a column has either default or defaultFrom", "remove one of the two");
        return from.Text;
    }

    /// <summary>Checks that a default is a value of the column's type, where that can be told from its text.</summary>
    public static string? Checked(string text, LogicalType type, SourceLocation at, Diagnostics findings)
    {
        if (type.Kind != TypeKind.Blob && ParameterValue.Takes(type) && ParameterValue.Parse(text, type).Reason is { } reason)
            findings.Add(Rule.BadSchema, at, "the default " + reason);
        return text;
    }

    /// <summary>Bytes as the engine casts them from text.</summary>
    public static string BlobText(byte[] bytes) => string.Concat(bytes.Select(b => $@"\x{b:X2}"));

    /// <summary>What is said about a default that holds something.</summary>
    public const string OnlyEmpty = "a list or a map can only be empty by default";

    /// <summary>The text of an empty list or map; null for anything else.</summary>
    public static string? Empty(JsonValue value, LogicalType type) =>
        type.Kind switch
        {
            TypeKind.List when value.Kind == JsonValueKind.Array && value.Items.Count == 0 => "[]",
            TypeKind.Map when value.Kind == JsonValueKind.Object && value.Members.Count == 0 => "{}",
            _ => null,
        };
}
