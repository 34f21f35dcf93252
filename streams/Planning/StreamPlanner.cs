using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Planning;

/// <summary>Gives the names in a stream's document their meaning, in the order of its phases, and reports all that have none. It looks at nothing else.</summary>
public sealed class StreamPlanner
{
    private static readonly PlannedColumn[] Event =
    [
        new("topic", LogicalType.Varchar, []),
        new("partition", LogicalType.Integer, []),
        new("offset", LogicalType.BigInt, []),
        new("enqueued_at", LogicalType.TimestampTz, []),
        new("key", LogicalType.Blob, []),
        new("headers", LogicalType.Varchar, []),
    ];

    private readonly StreamDocument _document;
    private readonly DocumentAddress _address;
    private readonly ExpressionBinder _binder;
    private readonly Diagnostics _findings;
    private readonly TableClaims _claims;
    private readonly List<PlannedTable> _tables = [];
    private readonly Dictionary<string, PlannedTable> _drivers = [];

    private StreamPlanner(StreamDocument document, DocumentAddress address, ExpressionBinder binder, Diagnostics findings)
    {
        (_document, _address, _binder, _findings) = (document, address, binder, findings);
        _claims = new(address, findings);
    }

    /// <summary>Plans a stream. What is wrong goes to the findings; a stream with errors among them must not run.</summary>
    /// <param name="document">Its document.</param>
    /// <param name="address">Whose it is.</param>
    /// <param name="schema">What an event holds; null where that is not known.</param>
    /// <param name="binder">Binds its expressions.</param>
    /// <param name="findings">Where findings go.</param>
    public static StreamPlan Plan(
        StreamDocument document,
        DocumentAddress address,
        IReadOnlyList<Column>? schema,
        ExpressionBinder binder,
        Diagnostics findings
    ) => new StreamPlanner(document, address, binder, findings).Plan(schema);

    private StreamPlan Plan(IReadOnlyList<Column>? schema)
    {
        PlanIngest();
        PlanFlatten(schema);
        foreach (var driver in _document.Drivers)
            PlanDriver(driver);
        foreach (var publish in _document.Publications)
            CheckPublish(publish);
        return new(_address, _document, _tables, _drivers);
    }

    private void PlanIngest()
    {
        if (_document.Ingest is not { } ingest)
            return;
        if (
            ingest.StartFrom is not ("earliest" or "latest")
            && ValueForm.Check(AttributeKind.Timestamp, [], "startFrom", ingest.StartFrom) is var (message, hint)
        )
            _findings.Add(
                Rule.BadValue,
                ingest.Element.LocationOf("startFrom"),
                message,
                NearestName.Hint(ingest.StartFrom, ["earliest", "latest"]) ?? $"{hint}, or earliest, or latest"
            );
        if (ingest.Source.Spec.Name == "poll")
            CheckPoll(ingest);
        if (_claims.Claim(ingest.Element, "table", "the events as they came") is not { } raw)
            return;
        var dead = StreamTable.Beside(raw, "dead_letters");
        Add(raw, TableRole.Raw, ingest.Element, null, [.. Event, new("value", LogicalType.Varchar, [])]);
        if (_claims.Claim(dead, ingest.Element.LocationOf("table"), "the dead letters"))
            Add(
                dead,
                TableRole.DeadLetters,
                ingest.Element,
                null,
                [
                    .. Event,
                    new("value", LogicalType.Blob, []),
                    new("phase", LogicalType.Varchar, []),
                    new("reason", LogicalType.Varchar, []),
                    new("dead_at", LogicalType.TimestampTz, []),
                ]
            );
    }

    private void CheckPoll(IngestDefinition ingest)
    {
        PollDefinition.Check(ingest.Source, _findings);
        if (ingest.Element.Has("startFrom"))
            Conflict(
                ingest.Element,
                "startFrom",
                "startFrom is of partitions, and a poll has none",
                "take it out; cursorStart says what the first poll asks for"
            );
    }

    private void PlanFlatten(IReadOnlyList<Column>? schema)
    {
        if (_document.Flatten is not { } flatten)
            return;
        if (flatten.DeleteWhen is not null && !flatten.IsMerge)
            Conflict(flatten.Element, "deleteWhen", "deleteWhen takes rows away, but this appends", "add mode=\"merge\"");
        if (flatten.Element.Has("duplicatesWithin") && flatten.EventId is null)
            Conflict(
                flatten.Element,
                "duplicatesWithin",
                "duplicatesWithin is given without an eventId",
                "add eventId=, the column that tells events apart"
            );
        if (_tables.FirstOrDefault(t => t.Role == TableRole.Raw) is not { } raw)
            return;
        if (schema is null && flatten.SchemaRef is null)
            _findings.Add(
                Rule.NotChecked,
                flatten.Element.Location,
                "what events hold is only known once some have come, so the columns that are named below could not be checked",
                "say it with schemaRef=, an Avro or JSON Schema"
            );
        var scope = BindScope.OfRecords(_binder, "UTC", _findings);
        _tables.AddRange(new FlattenPlanner(flatten, raw.Name, _claims, scope).Plan(schema));
    }

    private void PlanDriver(DriverDefinition driver)
    {
        if (_drivers.ContainsKey(driver.Id))
            _findings.Add(
                Rule.DuplicateName,
                driver.Element.LocationOf("id"),
                $"driver '{driver.Id}' is already there",
                "give one of them another id"
            );
        if (_document.Flatten is not { } flatten)
        {
            _findings.Add(
                Rule.MissingElement,
                driver.Element.Location,
                $"driver '{driver.Id}' summarises a flattened table, but the stream has no <flatten>",
                "add <flatten root=\"…\" key=\"…\"/> above"
            );
            return;
        }
        DriverPlanner.CheckUpkeep(driver, flatten.IsMerge, _findings);
        var source = Source(driver);
        if (_claims.Claim(driver.Element, "table", $"the summary of '{driver.Id}'") is not { } table || source is null)
            return;
        var columns = source.Columns?.Select(c => c.Column).ToArray();
        var dataset = columns is null
            ? Dataset.Unknown(source.Name.Table, driver.Element)
            : Dataset.OfRecord(source.Name.Table, columns, driver.Element);
        var late = StreamTable.Beside(table, "late");
        var summary = DriverPlanner.Bind(driver, dataset, _binder, _findings) is { } aggregate
            ? new SummaryDefinition(driver, table, late, source.Name, aggregate, _document.Publications.Any(p => p.Driver == driver.Id))
            : null;
        PlannedColumn[]? summed = summary is null
            ? null
            : [.. summary.Columns(flatten.IsMerge).Select(c => Of(c.Column, c.Source, source.Name))];
        Add(table, TableRole.Summary, driver.Element, source.Name, summed, summary?.Keys);
        _drivers.TryAdd(driver.Id, _tables[^1]);
        if (!driver.Element.Has("window"))
            return;
        if (_claims.Claim(late, driver.Element.LocationOf("table"), "the late rows"))
            Add(late, TableRole.Late, driver.Element, source.Name, summed is null ? null : Late(columns!, summed, source.Name));
    }

    private static PlannedColumn[] Late(IReadOnlyList<Column> rows, IReadOnlyList<PlannedColumn> summary, TableName source) =>
        [.. rows.Select(c => Of(c, c.Name, source)), .. summary.Where(c => c.Name is Aggregate.WindowStart or Aggregate.WindowEnd)];

    private static PlannedColumn Of(Column column, string? origin, TableName table) =>
        new(column.Name, column.Type, origin is null ? [] : [new(table, origin)]);

    /// <summary>The flattened table that a driver is of; reports and returns null where there is none.</summary>
    private PlannedTable? Source(DriverDefinition driver)
    {
        var flattened = _tables.Where(t => t.Role is TableRole.Root or TableRole.Child).ToArray();
        if (driver.Source is not { } name)
            return flattened.FirstOrDefault();
        var found = flattened.FirstOrDefault(t => t.Name == StreamTable.Parse(name, _address));
        if (found is null && flattened.Length > 0)
            _findings.Add(
                Rule.UnknownTable,
                driver.Element.LocationOf("source"),
                $"the stream flattens into no table '{name}'",
                NearestName.Hint(name, flattened.Select(t => t.Name.Table))
                    ?? $"it makes {string.Join(", ", flattened.Select(t => t.Name.Table))}"
            );
        return found;
    }

    private void CheckPublish(PublishDefinition publish)
    {
        if (_document.Drivers.All(d => d.Id != publish.Driver))
            _findings.Add(
                Rule.UnknownDriver,
                publish.Element.LocationOf("driver"),
                $"there is no driver '{publish.Driver}'",
                NearestName.Hint(publish.Driver, _document.Drivers.Select(d => d.Id))
                    ?? BindScope.Known("drivers", _document.Drivers.Select(d => d.Id))
                    ?? "publish sends on a summary: add <summarise> with a <driver>"
            );
        else if (_drivers.GetValueOrDefault(publish.Driver) is { Columns: { } columns } summary)
            BindScope
                .OfRecords(_binder, "UTC", _findings)
                .Columns(Dataset.OfRecord(summary.Name.Table, [.. columns.Select(c => c.Column)], publish.Sink), publish.Sink, "key");
        if (_document.Publications.First(p => p.Name == publish.Name) != publish)
            _findings.Add(
                Rule.DuplicateName,
                publish.Sink.Location,
                $"'{publish.Driver}' is published to '{publish.Topic}' already",
                "publish it there once, or to a topic of another name"
            );
        if (_document.Ingest is { } ingest && IsSamePlace(ingest.Source, publish.Sink))
            _findings.Add(
                Rule.ConflictingAttributes,
                publish.Sink.Location,
                "the stream would read what it publishes",
                "publish to another topic than the one it reads"
            );
    }

    private static bool IsSamePlace(Element source, Element sink) =>
        source.Spec.Name == sink.Spec.Name
        && sink.Spec.Attributes.Where(a => a.Name is "bootstrapServers" or "topic" or "name" or "connectionRef")
            .All(a => source[a.Name] == sink[a.Name]);

    private void Add(
        TableName name,
        TableRole role,
        Element at,
        TableName? source,
        IReadOnlyList<PlannedColumn>? columns,
        IReadOnlyList<string>? key = null
    ) => _tables.Add(new(name, role, at.Location, source, key ?? [], columns));

    private void Conflict(Element element, string attribute, string message, string hint) =>
        _findings.Add(Rule.ConflictingAttributes, element.LocationOf(attribute), message, hint);
}
