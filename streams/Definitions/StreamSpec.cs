using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Streams.Definitions;

/// <summary>The declaration of the document <c>stream</c>.</summary>
public static class StreamSpec
{
    private const string IngestDetails = """
        The raw table has each event as it came: `topic`, `partition`, `offset`, `enqueued_at` (when the source took it), `key`, `headers` and `value`.
        Where the source has got to is committed with the rows, for each partition, so an event is in the table once, whatever happens; it is this that a
        stream goes on from, not what a consumer group or a trigger believes.

        An event that is no JSON object goes to the table `<table>_dead_letters` with its bytes, the reason and where it came from, or the stream stops
        there, as `onMalformed` says.

        A batch is written once it has `maxEvents` or `maxBytes`, or its first event has waited `maxDelay`.
        """;

    private const string FlattenDetails = """
        Objects inside objects become columns, `address.city` the column `address_city`. Each `<child>` makes a list a table of its own; children may
        nest, and a path starts at the parent's object. Where none is named, every list becomes one, called `<root>_<list>`. A row of a child has the
        root's key, its own `_id`, its parent's `_parent_id` and its `_position`, counted from 0.

        Types come from the `schemaRef`. Without one they are inferred from what has come, new members become columns, and a type is widened where values
        ask for it. With one, what the schema does not name, and values that do not fit it, are kept as JSON in the column `_rescued`.

        Each row has `_partition` and `_offset` of the event it comes from.
        """;

    private const string ModeDetails = """
        With `mode="merge"` an event with the key of an earlier one replaces its row, and the rows of its children; where `deleteWhen` is true, they go.
        `format="debezium"` takes change events as Debezium writes them: a delete goes by the row it held before. `format="cloudEvents"` takes the object from
        the event's `data`, or, where its attributes are headers (`ce_id`, `ce_type`, …), the message itself. An event without `data`, which CloudEvents
        allow, is in the raw table alone; one whose data is no JSON object, as all in `data_base64`, is a dead letter.
        """;

    private const string DriverDetails = """
        A driver keeps one row for each group up to date as events come; what it computes is as in the step `aggregate`. A row of a window is corrected in
        place by late events until `allowedLateness` after the window's end; later ones go to the table `<table>_late`, and are in no summary. What is late
        is told by the times of the events that came before in the same partition, never by a clock; a time that lies after the moment at which the source
        took the event does not make others late.

        `count`, `sum`, `avg`, `min`, `max`, `first` and `last` are carried on from what the row has. The others need the values themselves, which are read
        from the flattened table for the windows that were touched, so they need a `window`.
        """;

    private static readonly ElementSpec Kafka = new("kafka", "Reads a topic over the Kafka protocol.")
    {
        IsFixed = true,
        Attributes =
        [
            new("bootstrapServers", AttributeKind.Text, "Where the brokers are: `host:port`, separated by commas.") { Required = true },
            new("topic", AttributeKind.Text, "The topic.") { Required = true },
            new(
                "groupId",
                AttributeKind.Text,
                "The consumer group by which processes share the partitions out; `<app>.<layer>.<id>` of the stream unless given."
            ),
            SecurityRef,
        ],
        Example = """<kafka bootstrapServers="broker-1:9092" topic="orders" groupId="hub-orders" securityRef="kafka"/>""",
    };

    private static readonly ElementSpec EventHub = new("eventHub", "Reads an event hub.")
    {
        IsFixed = true,
        Attributes =
        [
            new("name", AttributeKind.Text, "The event hub.") { Required = true },
            new("consumerGroup", AttributeKind.Text, "The consumer group.") { Default = "$Default" },
            ConnectionRef,
        ],
        Example = """<eventHub name="orders" consumerGroup="hub" connectionRef="events"/>""",
    };

    private static readonly ElementSpec Http = new(
        "http",
        "Takes events at `POST /api/events/<stream>`; one is accepted only once it is durable."
    )
    {
        IsFixed = true,
        Example = "<http/>",
    };

    private static readonly ElementSpec Files = new("files", "Reads files of events, one JSON object a line.")
    {
        IsFixed = true,
        Details = """
            A file is known by its path, which is the `topic`; the `offset` of an event is its line, from 0. What is added to a file is read on. A last line
            without an end counts once the file has not changed for ten seconds; an empty line is an event without a value.
            """,
        Attributes =
        [
            new("path", AttributeKind.Path, "The files: a path below the hub root or a mounted address, which may hold wildcards.")
            {
                Required = true,
            },
        ],
        Example = """<files path="landing/orders/*.jsonl"/>""",
    };

    private static readonly ElementSpec Child = new(
        "child",
        "A list inside the object, or inside the parent child, that becomes a table of its own."
    )
    {
        IsFixed = true,
        Recursive = true,
        Attributes =
        [
            new("path", AttributeKind.Text, "Where the list is, from its parent: `$.items[*]`, `$.order.lines[*]`.") { Required = true },
            new("table", AttributeKind.Name, "The table.") { Required = true },
        ],
        Example = """<child path="$.items[*]" table="order_items"/>""",
    };

    /// <summary>Names a client's security settings.</summary>
    internal static AttributeSpec SecurityRef =>
        new(
            "securityRef",
            AttributeKind.Name,
            "The file `resources/<name>.json` of the layer, else of `config/common`, with the client's security settings; without it, none."
        );

    private static AttributeSpec ConnectionRef =>
        new(
            "connectionRef",
            AttributeKind.Name,
            "The file `resources/<name>.json` of the layer, else of `config/common`, that says how to reach the namespace."
        )
        {
            Required = true,
        };

    private static readonly ElementSpec Ingest = new("ingest", "Where events come from, and the raw table that they are kept in.")
    {
        IsFixed = true,
        Details = IngestDetails,
        LeastChildren = 1,
        MostChildren = 1,
        Attributes =
        [
            new("table", AttributeKind.Name, "The raw table, in the stream's own layer unless it says another.") { Required = true },
            new("startFrom", AttributeKind.Text, "Where a partition that was never read begins: `earliest`, `latest`, or a moment.")
            {
                Default = "earliest",
            },
            new("onMalformed", AttributeKind.Choice, "What becomes of an event that is no JSON object.")
            {
                Choices = ["deadLetter", "fail"],
                Default = "deadLetter",
            },
            new(
                "onOffsetGone",
                AttributeKind.Choice,
                "What happens where the source has deleted events that were not read yet: the stream stops, or goes on with the oldest there is, and says so."
            )
            {
                Choices = ["fail", "skip"],
                Default = "fail",
            },
            new("maxEvents", AttributeKind.PositiveInteger, "The most events of a batch.") { Default = "500000" },
            new("maxBytes", AttributeKind.PositiveInteger, "The most bytes of a batch.") { Default = "134217728" },
            new("maxDelay", AttributeKind.Duration, "How long an event waits at most until its batch is written.") { Default = "PT1S" },
            new("retention", AttributeKind.Duration, "How long the raw table keeps events; for ever unless given."),
        ],
        Children = [new(EventHub), new(Kafka), new(Http), new(PollSpec.Spec), new(Files)],
    };

    private static readonly ElementSpec Flatten = new("flatten", "The tables that are made of the events.")
    {
        IsFixed = true,
        Details = $"{FlattenDetails}\n{ModeDetails}",
        Attributes =
        [
            new("root", AttributeKind.Name, "The table of the objects.") { Required = true },
            new("key", AttributeKind.Columns, "The columns of the root that tell its rows apart; children carry them along.")
            {
                Required = true,
            },
            new("schemaRef", AttributeKind.Schema, "What the events hold: Avro (`.avsc`) or JSON Schema."),
            new("eventId", AttributeKind.Text, "The column of the root that tells events apart: one that came before is dropped."),
            new("duplicatesWithin", AttributeKind.Duration, "With `eventId`: how long after an event a second one is still known.")
            {
                Default = "P1D",
            },
            new("format", AttributeKind.Choice, "What an event is: the object itself, or one in an envelope.")
            {
                Choices = ["plain", "debezium", "cloudEvents"],
                Default = "plain",
            },
            new("mode", AttributeKind.Choice, "Whether each event is a row of its own, or replaces the row of its key.")
            {
                Choices = ["append", "merge"],
                Default = "append",
            },
            new("deleteWhen", AttributeKind.Expression, "With `merge`: where this is true of an event, its row goes."),
            new("drop", AttributeKind.Columns, "Columns that are left out, and lists that would become tables."),
            new("onMisfit", AttributeKind.Choice, "What becomes of an event whose values do not fit the schema, or that has no key.")
            {
                Choices = ["rescue", "deadLetter", "fail"],
                Default = "rescue",
            },
        ],
        Children = [new(Child, Max: null)],
        Example = """
            <flatten root="orders" key="order_id" schemaRef="schemas/order.json" eventId="event_id">
              <child path="$.items[*]" table="order_items"/>
            </flatten>
            """,
    };

    private static readonly ElementSpec Driver = new("driver", "A summary of a flattened table, kept up to date.")
    {
        IsFixed = true,
        Attributes =
        [
            new("id", AttributeKind.Name, "Its name.") { Required = true },
            new("table", AttributeKind.Name, "The table of the summary.") { Required = true },
            new("source", AttributeKind.Name, "The flattened table it is of; the root unless given."),
            new("groupBy", AttributeKind.Columns, "The columns whose values make a group."),
            new(
                "metrics",
                AttributeKind.Columns,
                "What is computed: `function:name`, which takes the column of that name, or `function:column:name`; `count:name` counts rows."
            )
            {
                Required = true,
            },
            new(
                "window",
                AttributeKind.Text,
                "The windows of time: `hourly`, `daily`, `weekly`, `monthly`, an ISO 8601 duration, or a cron expression."
            ),
            new("slide", AttributeKind.Duration, "How far apart the starts of windows are that overlap."),
            new("timeZone", AttributeKind.TimeZone, "The zone whose clock windows follow.") { Default = "UTC" },
            new("timeColumn", AttributeKind.Text, "The time of an event; `enqueued_at` of its source unless given."),
            new("allowedLateness", AttributeKind.Duration, "How long after its end a window is still corrected.") { Default = "PT1H" },
        ],
        Example = """
            <driver id="by_country" table="orders_by_country" groupBy="country" metrics="count:orders, sum:amount:revenue"
                    window="PT5M" timeColumn="placed_at" allowedLateness="PT10M"/>
            """,
    };

    private static readonly ElementSpec Summarise = new("summarise", "The summaries that are kept up to date.")
    {
        IsFixed = true,
        Details = DriverDetails,
        Children = [new(Driver, Min: 1, Max: null)],
    };

    private static readonly ElementSpec KafkaSink = new("kafka", "Publishes to a topic over the Kafka protocol.")
    {
        IsFixed = true,
        Attributes =
        [
            new("bootstrapServers", AttributeKind.Text, "Where the brokers are: `host:port`, separated by commas.") { Required = true },
            new("topic", AttributeKind.Text, "The topic.") { Required = true },
            new("key", AttributeKind.Columns, "The columns whose values are the message's key; the group unless given."),
            SecurityRef,
        ],
    };

    private static readonly ElementSpec EventHubSink = new("eventHub", "Publishes to an event hub.")
    {
        IsFixed = true,
        Attributes =
        [
            new("name", AttributeKind.Text, "The event hub.") { Required = true },
            new("key", AttributeKind.Columns, "The columns whose values are the partition key; the group unless given."),
            ConnectionRef,
        ],
    };

    private static readonly ElementSpec Publish = new("publish", "Sends the rows of a summary that changed, each as a JSON object.")
    {
        IsFixed = true,
        Details = """
            A row is sent after it was committed, at least once; its `id` (a header, or the `id` of a CloudEvent) is the same each time, so that a receiver can drop what it has
            already seen. Of a row that changes again before it is sent, the newest is sent.
            """,
        LeastChildren = 1,
        MostChildren = 1,
        Attributes =
        [
            new("driver", AttributeKind.Name, "The driver whose summary it is.") { Required = true },
            new("format", AttributeKind.Choice, "The row as a plain object, or as the data of a CloudEvent.")
            {
                Choices = ["json", "cloudEvents"],
                Default = "json",
            },
        ],
        Children = [new(EventHubSink), new(KafkaSink)],
        Example =
            """<publish driver="by_country"><kafka bootstrapServers="broker-1:9092" topic="orders-by-country" key="country"/></publish>""",
    };

    /// <summary>The declaration.</summary>
    public static ElementSpec Spec { get; } =
        new("stream", "Reads events, and makes tables, summaries and events of them, each event once.")
        {
            IsFixed = true,
            AnyOrder = false,
            Attributes = [DocumentFrame.Id, DocumentFrame.Version, DocumentFrame.Layer],
            Children = [new(DocumentFrame.OwnerMetadata), new(Ingest, Min: 1), new(Flatten), new(Summarise), new(Publish, Max: null)],
        };
}
