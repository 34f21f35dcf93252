using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Processing;

/// <summary>A stream that is known to be right: whose it is, what it says, and which revision of its document says so.</summary>
/// <param name="Address">Whose it is, and its id.</param>
/// <param name="Document">What it says; without findings that are errors.</param>
/// <param name="Revision">The SHA-256 of the document's bytes, which its commits name.</param>
public sealed record StreamDefinition(DocumentAddress Address, StreamDocument Document, string Revision)
{
    /// <summary>The columns of an event's object, as the schema says; null where they are inferred.</summary>
    public IReadOnlyList<Column>? Schema { get; init; }

    /// <summary>The raw table.</summary>
    public TableName RawTable => Table(Document.Ingest!.Table);

    /// <summary>The table of events that could not be taken.</summary>
    public TableName DeadLetterTable => StreamTable.Beside(RawTable, "dead_letters");

    /// <summary>The table that a name of the document means.</summary>
    public TableName Table(string name) =>
        StreamTable.Parse(name, Address) ?? throw new ArgumentException($"'{name}' is no table's name.", nameof(name));
}
