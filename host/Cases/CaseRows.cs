using System.Text;
using ServerlessHub.Api.Tables;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Host.Cases;

/// <summary>A column of an output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type; null where an expected file does not say it, and any will do.</param>
internal sealed record CaseColumn(string Name, LogicalType? Type)
{
    /// <summary>As a header writes it: <c>amount:decimal(18,2)</c>.</summary>
    public override string ToString() => Type is null ? Name : $"{Name}:{TypeText.Full(Type)}";
}

/// <summary>
/// The rows of an output, each value in the one text form that its type has, so that equal values have equal texts. Kept as CSV whose header has
/// the types; null is nothing, the empty string is <c>""</c>.
/// </summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows.</param>
internal sealed record CaseRows(IReadOnlyList<CaseColumn> Columns, IReadOnlyList<string?[]> Rows)
{
    /// <summary>The rows of a query.</summary>
    public static CaseRows Query(Connection connection, string sql)
    {
        using var statement = connection.Prepare($"SELECT * FROM (\n{sql}\n)");
        var columns = statement.Columns.Select(c => new CaseColumn(c.Name, c.Type)).ToList();
        var texts = columns.Select(c => Text(Sql.Identifier(c.Name), c.Type!));
        using var result = connection.Query($"SELECT {string.Join(", ", texts)} FROM (\n{sql}\n)");
        return new CaseRows(columns, [.. result.Rows().Select(r => r.Cast<string?>().ToArray())]);
    }

    /// <summary>The query that reads a kept file in its types.</summary>
    /// <exception cref="CommandException">A column's type is none, or the header is missing.</exception>
    public static string Scan(string file)
    {
        var columns = Header(file);
        var texts = string.Join(", ", columns.Select(c => $"{Sql.Literal(c.Name)}: 'VARCHAR'"));
        var values = columns.Select(c =>
            c.Type is null || c.Type == LogicalType.Varchar
                ? Sql.Identifier(c.Name)
                : $"CAST({Sql.Identifier(c.Name)} AS {c.Type}) AS {Sql.Identifier(c.Name)}"
        );
        return $$"""
            SELECT {{string.Join(", ", values)}} FROM read_csv({{Sql.Literal(
                file
            )}}, columns = {{{texts}}}, header = false, skip = 1, delim = ',', quote = '"',
                escape = '"', nullstr = '', allow_quoted_nulls = false, auto_detect = false, strict_mode = true, null_padding = false, parallel = false)
            """;
    }

    /// <summary>Reads a kept file.</summary>
    /// <exception cref="CommandException">It is not as it should be.</exception>
    public static CaseRows Read(Connection connection, string file)
    {
        try
        {
            var rows = Query(connection, Scan(file));
            return rows with { Columns = Header(file) };
        }
        catch (EngineException e)
        {
            throw new CommandException(ExitCode.Invalid, $"{file}: {e.Message.Split('\n')[0]}");
        }
    }

    /// <summary>The lines of a text file as rows of one column.</summary>
    public static CaseRows Lines(string text)
    {
        var lines = text.Split('\n');
        // The end of the last line is no line of its own.
        return new CaseRows(
            [new CaseColumn("line", null)],
            [.. (lines[^1].Length == 0 ? lines[..^1] : lines).Select(l => new string?[] { l.TrimEnd('\r') })]
        );
    }

    /// <summary>The text of a kept file.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder();
        text.AppendJoin(',', Columns.Select(c => Field(c.ToString()))).Append('\n');
        foreach (var row in Rows)
            text.AppendJoin(',', row.Select(Field)).Append('\n');
        return text.ToString();
    }

    /// <summary>The text whose lines the rows are.</summary>
    public string ToText() => string.Concat(Rows.Select(r => r[0] + "\n"));

    /// <summary>The rows by their texts, so that a kept file does not depend on the order in which they came.</summary>
    public CaseRows Sorted() =>
        this with
        {
            Rows = [.. Rows.OrderBy(r => string.Join('\u0001', r.Select(v => v ?? "\u0000")), StringComparer.Ordinal)],
        };

    private static IReadOnlyList<CaseColumn> Header(string file)
    {
        using var reader = new StreamReader(file);
        if (reader.ReadLine() is not { Length: > 0 } line)
            throw new CommandException(ExitCode.Invalid, $"{file}: the first line names the columns, such as id:long,name:string");
        return [.. NameList.Parts(line).Select(p => Column(NameList.Unquote(p), file))];
    }

    private static CaseColumn Column(string text, string file)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0)
            return new CaseColumn(text, null);
        var (type, hint) = DataType.Parse(text[(colon + 1)..]);
        return type is not null
            ? new CaseColumn(text[..colon], type)
            : throw new CommandException(ExitCode.Invalid, $"{file}: '{text[(colon + 1)..]}' is no type", hint);
    }

    // Sums of floating point numbers depend on the order of the rows in their last digits.
    private static string Text(string column, LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Double => $"CASE WHEN isfinite({column}) THEN printf('%.12g', {column}) ELSE CAST({column} AS VARCHAR) END",
            TypeKind.Float => $"CASE WHEN isfinite({column}) THEN printf('%.6g', {column}) ELSE CAST({column} AS VARCHAR) END",
            _ => $"CAST({column} AS VARCHAR)",
        };

    private static string Field(string? value) =>
        value switch
        {
            null => "",
            "" => "\"\"",
            _ when value.AsSpan().IndexOfAny(",\"\r\n") >= 0 => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
            _ => value,
        };
}
