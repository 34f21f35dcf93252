using System.Globalization;
using System.Security;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

/// <summary>What a column of the oracle holds.</summary>
internal enum Kind
{
    /// <summary>long, whether the engine has it as INTEGER or BIGINT.</summary>
    Whole,

    /// <summary>decimal with two places.</summary>
    Decimal,

    /// <summary>double, a multiple of a quarter where it comes from a table.</summary>
    Double,

    /// <summary>string.</summary>
    Text,

    /// <summary>bool.</summary>
    Truth,

    /// <summary>DateOnly.</summary>
    Date,

    /// <summary>DateTime in UTC.</summary>
    Moment,
}

/// <summary>A column of the oracle.</summary>
internal sealed record OracleColumn(string Name, Kind Kind);

/// <summary>Rows in their order, and whether the document asked for that order.</summary>
internal sealed record OracleTable(IReadOnlyList<OracleColumn> Columns, IReadOnlyList<object?[]> Rows, bool IsSorted = false)
{
    public int IndexOf(string column) => Columns.ToList().FindIndex(c => c.Name == column);

    public OracleTable WithRows(IEnumerable<object?[]> rows) => this with { Rows = [.. rows] };

    public override string ToString() =>
        $"({string.Join(", ", Columns.Select(c => $"{c.Name} {c.Kind}"))}){string.Concat(Rows.Select(r => "\n  " + string.Join(" | ", r.Select(StepBench.Text))))}";
}

/// <summary>A step that the oracle cannot do with the datasets there are; the generator draws another one.</summary>
internal sealed class NotPossibleException : Exception;

/// <summary>The datasets by their names, each with its latest binding.</summary>
internal sealed class OracleState(IEnumerable<KeyValuePair<string, OracleTable>> tables, OracleTable reference, string timeZone)
{
    private readonly Dictionary<string, OracleTable> tables = new(tables);

    public IReadOnlyCollection<string> Names => tables.Keys;

    public OracleTable Reference => reference;

    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(timeZone);

    public OracleTable this[string name] => tables.TryGetValue(name, out var table) ? table : throw new NotPossibleException();

    /// <summary>Binds a result: to the id, which must be new, else to the dataset it was made from.</summary>
    public void Bind(string? id, string from, OracleTable result)
    {
        if (id is not null && tables.ContainsKey(id))
            throw new NotPossibleException();
        if (result.Columns.Select(c => c.Name.ToUpperInvariant()).Distinct().Count() < result.Columns.Count)
            throw new NotPossibleException();
        tables[id ?? from] = result;
    }
}

/// <summary>How documents and SQL write names.</summary>
internal static class Written
{
    /// <summary>A name in a list attribute.</summary>
    public static string Name(string column) =>
        column.All(char.IsLetterOrDigit) || column.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? column
            : $"\"{column.Replace("\"", "\"\"")}\"";

    /// <summary>An attribute, or nothing where it has no value.</summary>
    public static string Attribute(string name, string? value) => value is null ? "" : $" {name}=\"{SecurityElement.Escape(value)}\"";

    public static string Identifier(string column) => Sql.Identifier(column);

    /// <summary>A value as SQL of its kind.</summary>
    public static string Value(object? value, Kind kind)
    {
        var text = value switch
        {
            null => "NULL",
            DateOnly d => $"'{d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'",
            DateTime t => $"'{t.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00'",
            string s => Sql.Literal(s),
            _ => $"'{Convert.ToString(value, CultureInfo.InvariantCulture)}'",
        };
        return $"CAST({text} AS {Type(kind)})";
    }

    public static string Type(Kind kind) =>
        kind switch
        {
            Kind.Whole => "BIGINT",
            Kind.Decimal => "DECIMAL(9,2)",
            Kind.Double => "DOUBLE",
            Kind.Text => "VARCHAR",
            Kind.Truth => "BOOLEAN",
            Kind.Date => "DATE",
            _ => "TIMESTAMPTZ",
        };
}
