using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>The form that values of a kind have: what the reader checks, and the same as a pattern for the XSD.</summary>
internal sealed partial record ValueForm
{
    private const string NamePattern = @"[\p{L}_][\p{L}\p{Nd}_.\-]*";

    private const string TablePattern = @"[^.,\s]+(\.[^.,\s]+){1,2}";

    private static readonly Dictionary<AttributeKind, ValueForm> Forms = new()
    {
        [AttributeKind.Text] = new("text", "text"),
        [AttributeKind.Name] = new("name", "a name: a letter or _, then letters, digits, _, - or .", NamePattern),
        [AttributeKind.Names] = new("names", "names, separated by commas", $@"{NamePattern}(\s*,\s*{NamePattern})*"),
        [AttributeKind.Identifier] = new("identifier", "a name: a letter or _, then letters, digits or _", "[A-Za-z_][A-Za-z0-9_]*"),
        [AttributeKind.Dataset] = new("dataset", "the name of a dataset", NamePattern),
        [AttributeKind.Datasets] = new("datasets", "names of datasets, separated by commas", @"\S([\s\S]*\S)?"),
        [AttributeKind.Columns] = new("columns", "column names, separated by commas", @"\S([\s\S]*\S)?"),
        [AttributeKind.Boolean] = new("boolean", "true or false", "true|false"),
        [AttributeKind.PositiveInteger] = new("positiveInteger", "a whole number above zero", "0*[1-9][0-9]{0,9}"),
        [AttributeKind.Integer] = new("integer", "a whole number of zero or more", "[0-9]{1,10}"),
        [AttributeKind.Choice] = new("choice", "one of the choices"),
        [AttributeKind.Path] = new("path", "a path", @"\S([\s\S]*\S)?"),
        [AttributeKind.TargetPath] = new("targetPath", "a path, in which %Y %m %d %H stand for the run's time", @"\S([\s\S]*\S)?"),
        [AttributeKind.Table] = new("table", "a table: 'layer.table' or 'app.layer.table'", @"[^.\s]+(\.[^.\s]+){1,2}"),
        [AttributeKind.Tables] = new(
            "tables",
            "tables, separated by commas, each 'layer.table' or 'app.layer.table'",
            $@"{TablePattern}(\s*,\s*{TablePattern})*"
        ),
        [AttributeKind.Schema] = new("schema", "the path of a schema file", @"\S([\s\S]*\S)?"),
        [AttributeKind.Expression] = new("expression", "an SQL expression", @"[\s\S]*\S[\s\S]*"),
        [AttributeKind.Type] = new("type", "a data type", @"\S([\s\S]*\S)?"),
        [AttributeKind.Character] = new("character", @"one character (\t is a tab)", @"\\t|[\s\S]"),
        [AttributeKind.Duration] = new("duration", "an ISO 8601 duration such as PT30M, PT2H or P1D", IsoDuration.Pattern),
        [AttributeKind.Cron] = new("cron", "a cron expression of five fields", @"\S+(\s+\S+){4}"),
        [AttributeKind.TimeZone] = new("timeZone", "a time zone by its IANA name, such as Europe/Zurich", @"[A-Za-z][A-Za-z0-9_+\-/]*"),
        [AttributeKind.Timestamp] = new(
            "timestamp",
            "a moment in ISO 8601, such as 2026-01-31 or 2026-01-31T18:30:00Z",
            @"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+\-][0-9]{2}:[0-9]{2})?)?"
        ),
        [AttributeKind.Version] = new("version", "a version such as 1, 1.0 or 1.0.0", @"[0-9]{1,9}(\.[0-9]{1,9}){0,2}"),
    };

    private readonly Lazy<Regex>? form;

    private ValueForm(string name, string phrase, string? pattern = null)
    {
        Name = name;
        Phrase = phrase;
        Pattern = pattern;
        form = pattern is null ? null : new Lazy<Regex>(() => new Regex($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant));
    }

    /// <summary>The kind's name in the XSD.</summary>
    public string Name { get; }

    /// <summary>What a value is, in words.</summary>
    public string Phrase { get; }

    /// <summary>The pattern that a value matches, in the syntax that .NET and XSD share; null when any text will do.</summary>
    public string? Pattern { get; }

    /// <summary>The form of a kind.</summary>
    public static ValueForm Of(AttributeKind kind) => Forms[kind];

    /// <summary>Whether white space around a value of this kind means nothing.</summary>
    public static bool IsTrimmed(AttributeKind kind) => kind is not (AttributeKind.Text or AttributeKind.Character);

    /// <summary>
    /// Whether a value of this kind may hold <c>${name}</c>. Names may not, since they make the graph; SQL may not, since a parameter is bound there
    /// as <c>:name</c> and never pasted.
    /// </summary>
    public static bool TakesParameters(AttributeKind kind) =>
        kind
            is not (
                AttributeKind.Name
                or AttributeKind.Names
                or AttributeKind.Identifier
                or AttributeKind.Dataset
                or AttributeKind.Datasets
                or AttributeKind.Expression
            );

    /// <summary>Reports what is wrong with a value.</summary>
    /// <returns>Whether it is right.</returns>
    public static bool Check(AttributeKind kind, IReadOnlyList<string> choices, string label, SourceText value, Diagnostics findings)
    {
        if (Check(kind, choices, label, value.Value) is not var (message, hint))
            return true;
        findings.Add(kind == AttributeKind.Type ? Rule.BadType : Rule.BadValue, value.Location, message, hint);
        return false;
    }

    /// <summary>What is wrong with a value, and a hint; null when it is right.</summary>
    public static (string Message, string? Hint)? Check(AttributeKind kind, IReadOnlyList<string> choices, string label, string value)
    {
        if (kind == AttributeKind.Choice)
            return choices.Contains(value)
                ? null
                : (Cannot(label, value), NearestName.Hint(value, choices) ?? "it may be " + string.Join(", ", choices));
        var form = Of(kind);
        if (form.form is { } f && !f.Value.IsMatch(value))
            return Wrong(label, form.Phrase, value);
        return kind switch
        {
            AttributeKind.Integer or AttributeKind.PositiveInteger when !int.TryParse(value, out _) => (
                Cannot(label, value),
                $"the greatest is {int.MaxValue}"
            ),
            AttributeKind.Datasets or AttributeKind.Columns when NameList.Split(value).Count == 0 => Wrong(label, form.Phrase, value),
            AttributeKind.Duration when !IsoDuration.TryParse(value, out _) => (Cannot(label, value), "it must be longer than nothing"),
            AttributeKind.Cron when CronExpression.Parse(value).Reason is { } reason => (Cannot(label, value), reason),
            AttributeKind.TimeZone when !IsTimeZone(value) => (Cannot(label, value), TimeZoneHint(value)),
            AttributeKind.Type when DataType.Parse(value) is (null, var hint) => (Cannot(label, value), hint),
            AttributeKind.TargetPath when RunTimeFormat.Check(value) is var (_, reason) => (Cannot(label, value), reason),
            AttributeKind.Timestamp when !IsTimestamp(value) => (Cannot(label, value), "no calendar has this moment"),
            _ => null,
        };
    }

    private static (string Message, string? Hint) Wrong(string label, string phrase, string value) =>
        (Cannot(label, value), $"it must be {phrase}");

    private static string Cannot(string label, string value) =>
        value.Length == 0 ? $"{label} is empty" : $"{label} cannot be '{Clip(value)}'";

    private static string Clip(string value) => value.Length > 60 ? value[..60] + "…" : value;

    // Where the system knows no zones by IANA names at all, the form is all that can be checked.
    private static bool IsTimeZone(string value) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(value, out _) || !TimeZoneInfo.TryFindSystemTimeZoneById("Europe/Zurich", out _);

    private static string TimeZoneHint(string value) =>
        NearestName.Hint(value, TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id)) ?? "use an IANA name such as Europe/Zurich or UTC";

    private static bool IsTimestamp(string value) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
}
