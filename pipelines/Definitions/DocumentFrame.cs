namespace ServerlessHub.Pipelines.Definitions;

/// <summary>What documents declare alike: their names, who owns them and when they run, their parameters, and what else starts them.</summary>
public static class DocumentFrame
{
    /// <summary>The attribute <c>id</c>.</summary>
    public static AttributeSpec Id { get; } =
        new("id", AttributeKind.Name, "Its name, unique within the application and layer.") { Required = true };

    /// <summary>The attribute <c>version</c>.</summary>
    public static AttributeSpec Version { get; } =
        new("version", AttributeKind.Version, "Its version, for people: every accepted revision is kept under its own hash.")
        {
            Required = true,
        };

    /// <summary>The attribute <c>layer</c>.</summary>
    public static AttributeSpec Layer { get; } =
        new("layer", AttributeKind.Choice, "The layer it belongs to; the folder it lies in must agree.")
        {
            Required = true,
            Choices = PipelineSpec.Layers,
        };

    /// <summary>The element <c>metadata</c> of a document that always runs.</summary>
    public static ElementSpec OwnerMetadata { get; } =
        new("metadata", "Who owns it.")
        {
            IsFixed = true,
            Children =
            [
                new(Text("owner", "The team or application that answers for it.")),
                new(Text("description", "What it is for.")),
                new(Text("tags", "Words to find it by, separated by commas.")),
            ],
        };

    /// <summary>The element <c>metadata</c> of a document that runs by a schedule, or when it is started.</summary>
    public static ElementSpec Metadata { get; } =
        new("metadata", "Who owns it, and when it runs.")
        {
            IsFixed = true,
            Children =
            [
                new(Text("owner", "The team or application that answers for it.")),
                new(Text("sla", "How long after its scheduled time a run may end.", AttributeKind.Duration)),
                new(
                    Text("schedule", "When it runs: minute, hour, day of month, month, day of week.", AttributeKind.Cron) with
                    {
                        Details = """
                        Where the clock is put forward, what falls into the gap runs when the gap ends; where it is put back, a schedule runs once in the
                        hour that comes twice, unless it runs every hour.
                        """,
                        Attributes =
                        [
                            new("timeZone", AttributeKind.TimeZone, "The zone the schedule is in, and its windows.") { Default = "UTC" },
                            new(
                                "missed",
                                AttributeKind.Choice,
                                "Which of the times that passed while nothing could run are made up for: each, the last one, or none."
                            )
                            {
                                Choices = ["all", "last", "none"],
                                Default = "last",
                            },
                        ],
                        Example = """<schedule timeZone="Europe/Zurich">0 6 * * MON-FRI</schedule>""",
                    }
                ),
                new(Text("description", "What it is for.")),
                new(Text("tags", "Words to find it by, separated by commas.")),
            ],
        };

    /// <summary>The element <c>parameter</c>.</summary>
    public static ElementSpec Parameter { get; } =
        new("parameter", "A value that a run is given.")
        {
            Details =
                "Its type may be `string`, `boolean`, `int`, `long`, `float`, `double`, `decimal(p,s)`, `date`, `timestamp` or `binary` (in base64).",
            IsFixed = true,
            Attributes =
            [
                new("name", AttributeKind.Identifier, "Its name.") { Required = true },
                new("type", AttributeKind.Type, "Its type.") { Default = "string" },
                new("default", AttributeKind.Text, "The value it has when a run gives none."),
                new("required", AttributeKind.Boolean, "Whether a run must give it.") { Default = "false" },
            ],
            Example = """<parameter name="country" type="string" default="CH"/>""",
        };

    /// <summary>The element <c>triggers</c>.</summary>
    public static ElementSpec Triggers { get; } =
        new("triggers", "What starts it besides its schedule and a person.")
        {
            IsFixed = true,
            Children = [new(OnFile(), Max: null), new(OnTable(), Max: null), new(OnEvent(), Max: null)],
        };

    /// <summary>The element <c>parameters</c>.</summary>
    /// <param name="details">How the document takes a parameter.</param>
    public static ElementSpec Parameters(string details) =>
        new("parameters", "The values that a run is given.")
        {
            IsFixed = true,
            Details = details,
            Children = [new(Parameter, Max: null)],
        };

    /// <summary>Reports a layer that is another one than that of the document's folder.</summary>
    /// <param name="root">The document's root element.</param>
    /// <param name="expected">The layer of the folder it lies in; null when it lies in none.</param>
    /// <param name="findings">Where findings go.</param>
    public static void CheckLayer(Element root, string? expected, Diagnostics findings)
    {
        if (expected is not null && root["layer"] is { } layer && layer != expected && PipelineSpec.Layers.Contains(layer))
            findings.Add(
                Rule.LayerMismatch,
                root.LocationOf("layer"),
                $"the layer is '{layer}', but the document lies in the folder of '{expected}'",
                "change the attribute, or move the document"
            );
    }

    private static ElementSpec OnFile() =>
        new("onFile", "Starts it when a file comes.")
        {
            IsFixed = true,
            Details = """
                A file counts once: by its path and its content. One that changes counts again. One that is late, or never whole, is told to whom a job's
                `<notifications>` name for `fileLate` and `filePartial`, and to the log; it still starts a run when it has come.
                """,
            Attributes =
            [
                new("path", AttributeKind.Path, "The files that count, as a source names them.") { Required = true },
                new(
                    "take",
                    AttributeKind.Choice,
                    "What a run is for: `each` file, a `batch` of those that came, or the `latest`, which stands for those before it."
                )
                {
                    Choices = ["each", "batch", "latest"],
                    Default = "each",
                },
                new("stableFor", AttributeKind.Duration, "How long a file must have kept its size and time until it counts as whole.")
                {
                    Default = "PT10S",
                },
                new("maxWait", AttributeKind.Duration, "With `batch`: how long after its first file a batch ends at the latest.")
                {
                    Default = "PT1M",
                },
                new("batchSize", AttributeKind.PositiveInteger, "With `batch`: how many files end a batch before that."),
                new("expectedBy", AttributeKind.Cron, "When a file has to be there: each time, one must have come since the time before."),
                new("timeZone", AttributeKind.TimeZone, "The zone of `expectedBy`.") { Default = "UTC" },
                new("partialAfter", AttributeKind.Duration, "How long a file may go on changing until that is told.") { Default = "PT1H" },
            ],
            Example = """<onFile path="landing/orders/*.csv" take="batch" maxWait="PT5M" batchSize="100" expectedBy="0 6 * * *"/>""",
        };

    private static ElementSpec OnTable() =>
        new("onTable", "Starts it when a table was written, or several were.")
        {
            IsFixed = true,
            Attributes =
            [
                new("table", AttributeKind.Table, "The table. Either this or `tables` is given."),
                new("tables", AttributeKind.Tables, "Tables: it starts when each of them was written since its last start."),
                new(
                    "businessDate",
                    AttributeKind.Boolean,
                    "Whether they must have been written by runs with the same `runDate`, which it is given too."
                )
                {
                    Default = "false",
                },
            ],
            Example = """<onTable tables="staging.orders, staging.store_sales" businessDate="true"/>""",
        };

    private static ElementSpec OnEvent() =>
        new("onEvent", "Starts it when an event of its application is raised.")
        {
            IsFixed = true,
            Details = """
                Another system raises an event by `POST /api/signals/<app>/<name>`, a person by `hub signal <app>/<name>`. Every document of the application
                that waits for it is started once, or, where one of them cannot be, none is. A run is given those of the event's parameters that its
                document declares. A schedule that is paused does not keep an event from starting anything.
                """,
            Attributes = [new("name", AttributeKind.Name, "The event's name.") { Required = true }],
            Example = """<onEvent name="month_closed"/>""",
        };

    private static ElementSpec Text(string name, string summary, AttributeKind kind = AttributeKind.Text) =>
        new(name, summary)
        {
            IsFixed = true,
            Content = ContentKind.Text,
            TextKind = kind,
        };
}
