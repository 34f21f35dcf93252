using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary><c>table</c> as a source: a Delta table of the lake.</summary>
public sealed class TableSource : SourceKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("table", "Reads a Delta table of the lake, as it is when the run begins or as it was.")
        {
            Attributes =
            [
                .. CommonAttributes,
                new("name", AttributeKind.Table, "The table: `layer.table`, or `app.layer.table` of another application.")
                {
                    Required = true,
                },
                new("version", AttributeKind.Integer, "Reads the table as it was at this version."),
                new("timestamp", AttributeKind.Timestamp, "Reads the table as it was at this moment."),
                new(
                    "changes",
                    AttributeKind.Boolean,
                    "Reads only the rows added since the last successful run. The table must only have been appended to."
                )
                {
                    Default = "false",
                },
            ],
            Example = """<table id="customers" name="standardization.customer"/>""",
        };

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Column>? Describe(Element source, ConnectorContext context)
    {
        if (source.Has("version") && source.Has("timestamp"))
            context.Findings.Add(
                Rule.ConflictingAttributes,
                source.LocationOf("timestamp"),
                "version and timestamp both say when",
                "keep one of the two"
            );
        return LakeReader.Describe(source, "name", Moment(source), context);
    }

    /// <inheritdoc/>
    protected internal override OpenedSource Open(Element source, IReadOnlyList<Column> columns, RunContext context)
    {
        var snapshot = LakeReader.Read(source["name"]!, Moment(source), context);
        if (!source.IsTrue("changes"))
            return new LakeReader(snapshot, null);
        var id = source["id"]!;
        var until = context.State.Repeats<long?>(id);
        if (until is { } version)
            snapshot = LakeReader.Read(source["name"]!, (version, null), context);
        context.State.Advance(id, snapshot.Version);
        return new LakeReader(snapshot, LakeReader.Added(source["name"]!, context.State.Done<long?>(id), snapshot, context));
    }

    private static (long? Version, DateTimeOffset? Timestamp) Moment(Element source) =>
        (
            source["version"] is { } v && long.TryParse(v, out var version) ? version : null,
            source["timestamp"] is { } t
            && DateTimeOffset.TryParse(t, null, System.Globalization.DateTimeStyles.AssumeUniversal, out var moment)
                ? moment
                : null
        );
}
