namespace ServerlessHub.Pipelines.Definitions;

/// <summary>What starts a document besides its schedule and a person.</summary>
/// <param name="Location">Where it is declared.</param>
public abstract record Trigger(SourceLocation Location)
{
    /// <summary>Reads the element <c>triggers</c> of <see cref="DocumentFrame"/>, and reports attributes that do not go together.</summary>
    /// <param name="triggers">The element; null when there is none.</param>
    /// <param name="findings">Where findings go.</param>
    public static IReadOnlyList<Trigger> ReadAll(Element? triggers, Diagnostics findings) =>
        [.. (triggers?.Children ?? []).Where(e => e.IsSound).Select(e => Read(e, findings)).OfType<Trigger>()];

    private static Trigger? Read(Element element, Diagnostics findings) =>
        element.Spec.Name switch
        {
            "onFile" => OnFile(element, findings),
            "onTable" => OnTable(element, findings),
            _ => new EventTrigger(element["name"]!, element.Location),
        };

    private static FileTrigger OnFile(Element element, Diagnostics findings)
    {
        var take = Enum.Parse<FileTake>(element["take"]!, ignoreCase: true);
        foreach (var attribute in new[] { "maxWait", "batchSize" })
            if (take != FileTake.Batch && element.Has(attribute))
                findings.Add(
                    Rule.ConflictingAttributes,
                    element.LocationOf(attribute),
                    $"{attribute} says when a batch ends, but take is '{element["take"]}'",
                    $"remove it, or write take=\"batch\""
                );
        if (element.Has("timeZone") && !element.Has("expectedBy"))
            findings.Add(
                Rule.ConflictingAttributes,
                element.LocationOf("timeZone"),
                "timeZone is that of expectedBy, which is not given",
                "remove it, or write expectedBy"
            );
        return new FileTrigger(
            element["path"]!,
            take,
            Duration(element, "stableFor"),
            Duration(element, "maxWait"),
            element.Number("batchSize"),
            element.Location
        )
        {
            ExpectedBy = element["expectedBy"] is { } cron ? CronExpression.Parse(cron).Cron : null,
            TimeZone = element["timeZone"]!,
            PartialAfter = Duration(element, "partialAfter"),
        };
    }

    private static TableTrigger? OnTable(Element element, Diagnostics findings)
    {
        if (element.Has("table") == element.Has("tables"))
        {
            findings.Add(
                Rule.ConflictingAttributes,
                element.LocationOf("tables"),
                element.Has("table") ? "both table and tables are given" : "neither table nor tables is given",
                "table names one, tables several that must all have been written"
            );
            return null;
        }
        var tables = element.Has("table") ? [element["table"]!] : element.Names("tables");
        return new TableTrigger(tables, element.IsTrue("businessDate"), element.Location);
    }

    private static TimeSpan Duration(Element element, string attribute) =>
        IsoDuration.TryParse(element[attribute]!, out var duration) ? duration : throw new ArgumentException($"{attribute} is unsound.");
}

/// <summary>What a run that files start is for.</summary>
public enum FileTake
{
    /// <summary>One file.</summary>
    Each,

    /// <summary>Those that came within a time, or up to a number.</summary>
    Batch,

    /// <summary>The newest, which stands for those before it.</summary>
    Latest,
}

/// <summary>Starts it when a file comes.</summary>
/// <param name="Path">The files that count, as a source names them.</param>
/// <param name="Take">What a run is for.</param>
/// <param name="StableFor">How long a file must have kept its size and time.</param>
/// <param name="MaxWait">How long after its first file a batch ends at the latest.</param>
/// <param name="BatchSize">How many files end a batch before that; null for any number.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record FileTrigger(string Path, FileTake Take, TimeSpan StableFor, TimeSpan MaxWait, int? BatchSize, SourceLocation Location)
    : Trigger(Location)
{
    /// <summary>When a file has to be there each time; null where none is awaited.</summary>
    public CronExpression? ExpectedBy { get; init; }

    /// <summary>The zone of <see cref="ExpectedBy"/>, by its IANA name.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>How long a file may go on changing until that is told.</summary>
    public TimeSpan PartialAfter { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>Starts it when each of some tables was written.</summary>
/// <param name="Tables">The tables, as <c>layer.table</c> or <c>app.layer.table</c>.</param>
/// <param name="SameBusinessDate">Whether by runs with the same <c>runDate</c>, which its own run gets.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record TableTrigger(IReadOnlyList<string> Tables, bool SameBusinessDate, SourceLocation Location) : Trigger(Location);

/// <summary>Starts it when an event is raised.</summary>
/// <param name="Name">The event's name.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record EventTrigger(string Name, SourceLocation Location) : Trigger(Location);
