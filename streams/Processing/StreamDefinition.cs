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

    /// <summary>
    /// The files that say what it is beside its document, its schema and its connections, absolute, each with when it was written last: where one may be,
    /// and is not, it says so too.
    /// </summary>
    public IReadOnlyDictionary<string, DateTime> Files { get; init; } = new Dictionary<string, DateTime>();

    /// <summary>Whether these files still are as they were when it was read.</summary>
    public bool IsCurrent => Files.All(file => File.GetLastWriteTimeUtc(file.Key) == file.Value);

    /// <summary>Whether another one runs just as this one does.</summary>
    public bool IsSame(StreamDefinition? other) =>
        other is not null && Revision == other.Revision && Files.Count == other.Files.Count && !Files.Except(other.Files).Any();

    /// <summary>That it is replayed into tables beside its own; null for the stream itself.</summary>
    public StreamShadow? Shadow { get; init; }

    /// <summary>The raw table, which is never another one.</summary>
    public TableName RawTable => Parse(Document.Ingest!.Table);

    /// <summary>The table of events that could not be taken.</summary>
    public TableName DeadLetterTable => TableBeside(Document.Ingest!.Table, "dead_letters");

    /// <summary>The table that a name of the document means.</summary>
    public TableName Table(string name) => Written(Parse(name));

    /// <summary>The table of late rows of a summary.</summary>
    public TableName LateTable(string summary) => TableBeside(summary, "late");

    private TableName TableBeside(string name, string suffix) => Written(StreamTable.Beside(Parse(name), suffix));

    private TableName Written(TableName table) => Shadow is null ? table : StreamShadow.Of(table);

    private TableName Parse(string name) =>
        StreamTable.Parse(name, Address) ?? throw new ArgumentException($"'{name}' is no table's name.", nameof(name));
}
