using System.Globalization;
using System.Text;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Writes the document of a draft: what is in it is explained where it stands.</summary>
internal static class DraftDocument
{
    private const int Width = 140;

    /// <summary>The name of the schema file that a draft refers to.</summary>
    public static string SchemaRef(DocumentAddress address) => $"schemas/{address.Id}.avsc";

    /// <summary>The document.</summary>
    public static string Write(
        DocumentAddress address,
        DraftSource source,
        IReadOnlyList<DraftColumn> columns,
        Guess<IReadOnlyList<string>>? key,
        bool hasSchema
    )
    {
        var text = new StringBuilder();
        text.Append(
            $"""
            <?xml version="1.0" encoding="utf-8"?>
            <!-- Drafted from {Quantity(source.SampleRows)}. What was guessed is said; correct what is wrong and delete the comments. -->
            <pipeline id={XmlText.Attribute(address.Id)} version="1.0" layer={XmlText.Attribute(address.Layer)}>
              <sources>

            """
        );
        WriteSource(text, address, source, hasSchema);
        text.Append("  </sources>\n");
        WriteSteps(text, address, columns, key);
        text.Append("  <targets>\n");
        WriteTarget(text, address, key);
        text.Append("  </targets>\n</pipeline>\n");
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static void WriteSource(StringBuilder text, DocumentAddress address, DraftSource source, bool hasSchema)
    {
        foreach (var guess in source.Guesses.Where(g => g.Confidence < 0.95))
            Comment(text, $"{guess.What} {guess.Value}: {Percent(guess.Confidence)} sure; {guess.Reason}");
        var (name, attributes) = source.Element.Split(' ', 2) is [var n, var a] ? (n, " " + a) : (source.Element, "");
        var schema = hasSchema ? $" schemaRef={XmlText.Attribute(SchemaRef(address))}" : "";
        var start = $"    <{name} id={XmlText.Attribute(address.Id)}{attributes}{schema}";
        text.Append(source.Child.Length == 0 ? $"{start}/>\n" : $"{start}>{source.Child}</{name}>\n");
    }

    private static void WriteSteps(
        StringBuilder text,
        DocumentAddress address,
        IReadOnlyList<DraftColumn> columns,
        Guess<IReadOnlyList<string>>? key
    )
    {
        var steps = new StringBuilder();
        var id = XmlText.Attribute(address.Id);
        WriteDates(steps, id, columns);
        WriteKey(steps, id, columns, key);
        foreach (var group in columns.Where(c => c.Mask is not null).GroupBy(c => c.Mask!))
        {
            Comment(steps, $"likely personal data: {Kinds(group)}");
            var names = string.Join(", ", group.Select(c => ListName(c.Profile.Name)));
            var options = group.Key.Options.Length == 0 ? "" : " " + group.Key.Options;
            steps.Append($"    <mask source={id} columns={XmlText.Attribute(names)} strategy=\"{group.Key.Strategy}\"{options}/>\n");
        }
        foreach (var column in columns.Where(c => c.Personal is not null && c.Mask is null))
            Comment(steps, $"{column.Profile.Name} may be personal data ({column.Personal!.Reason}); it is not masked");
        if (steps.Length > 0)
            text.Append("  <transformations>\n").Append(steps).Append("  </transformations>\n");
    }

    private static string Kinds(IEnumerable<DraftColumn> columns) =>
        string.Join(
            ", ",
            columns
                .GroupBy(c => c.Personal!.Value)
                .Select(g => $"{string.Join(" and ", g.Select(c => c.Profile.Name))} ({PersonalData.Describe(g.Key)})")
        );

    private static void WriteDates(StringBuilder steps, string id, IReadOnlyList<DraftColumn> columns)
    {
        var dated = columns.Where(c => c.Profile.DateFormat is not null).ToList();
        if (dated.Count == 0)
            return;
        Comment(steps, "dates in a form of their own; one that is none becomes null");
        steps.Append($"    <derive source={id}>\n");
        foreach (var (column, format) in dated.Select(c => (c.Profile.Name, c.Profile.DateFormat!)))
        {
            var type = format.Contains("%H", StringComparison.Ordinal) ? "timestamp" : "date";
            var expression = $"try_strptime({Engine.Sql.Identifier(column)}, {Engine.Sql.Literal(format)})";
            steps.Append($"      <column name={XmlText.Attribute(column)} type=\"{type}\">{XmlText.Content(expression)}</column>\n");
        }
        steps.Append("    </derive>\n");
    }

    private static void WriteKey(StringBuilder steps, string id, IReadOnlyList<DraftColumn> columns, Guess<IReadOnlyList<string>>? key)
    {
        if (key is null)
        {
            Comment(steps, "no column looks like a key; where there is one, <deduplicate keys=\"…\"/> keeps one row for each");
            return;
        }
        Comment(steps, $"key {string.Join(", ", key.Value)}: {Percent(key.Confidence)} sure; {key.Reason}");
        var incomplete = columns
            .Where(c => key.Value.Contains(c.Profile.Name) && c.Profile.Nulls > 0)
            .Select(c => Engine.Sql.Identifier(c.Profile.Name))
            .ToList();
        if (incomplete.Count > 0)
        {
            Comment(steps, "rows without a key are left out: all of them would count as one");
            var condition = string.Join(" AND ", incomplete.Select(c => $"{c} IS NOT NULL"));
            steps.Append($"    <filter source={id} condition={XmlText.Attribute(condition)}/>\n");
        }
        var latest = KeyGuess.Latest([.. columns.Select(c => c.Profile with { Type = c.Type })]);
        var keep = latest is null ? "keep=\"last\"" : $"keep=\"latest\" orderBy={XmlText.Attribute(ListName(latest))}";
        steps.Append($"    <deduplicate source={id} keys={XmlText.Attribute(Names(key.Value))} {keep}/>\n");
    }

    private static void WriteTarget(StringBuilder text, DocumentAddress address, Guess<IReadOnlyList<string>>? key)
    {
        var table = XmlText.Attribute($"{address.Layer}.{address.Id}");
        text.Append(
            key is null
                ? $"    <hive table={table} mode=\"append\"/>\n"
                : $"    <hive table={table} mode=\"merge\" keys={XmlText.Attribute(Names(key.Value))}/>\n"
        );
    }

    private static string Names(IEnumerable<string> columns) => string.Join(", ", columns.Select(ListName));

    // A name that a list would split, or trim, stands in double quotes.
    private static string ListName(string column) =>
        column.Contains(',', StringComparison.Ordinal)
        || column.Contains('"', StringComparison.Ordinal)
        || column.Trim() != column
        || column.Contains('(', StringComparison.Ordinal)
            ? Engine.Sql.Identifier(column)
            : column;

    private static void Comment(StringBuilder text, string comment)
    {
        var line = XmlText.Comment(comment);
        text.Append(line.Length <= Width ? $"    <!-- {line} -->\n" : $"    <!--\n      {line}\n    -->\n");
    }

    private static string Percent(double share) => share.ToString("P0", CultureInfo.InvariantCulture);

    private static string Quantity(long rows) => rows == 1 ? "1 row" : $"{rows.ToString(CultureInfo.InvariantCulture)} rows";
}
