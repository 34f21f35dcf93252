using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Planning;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Running;

/// <summary>
/// Validates stream documents against everything that can be known without reading events: their form, their tables and who else writes them, schemas,
/// columns, expressions, and the connections they name. One validator serves many documents, one after the other.
/// </summary>
/// <param name="root">The hub.</param>
public sealed class StreamValidator(HubRoot root) : IDisposable
{
    private readonly ExpressionBinder _binder = new();
    private readonly TableWriters _writers = new(root);

    /// <summary>Validates a document.</summary>
    public StreamValidation Validate(DocumentFile file)
    {
        var findings = new Diagnostics();
        if (StreamDocument.Read(file.Text, file.Name, file.Address.Layer, findings) is not { } document)
            return new(null, null, null, findings);
        // Before they are read, so that none changes unseen.
        var files = Files(document, file.Address);
        var schema = Schema(document, file.Address, findings);
        var plan = StreamPlanner.Plan(document, file.Address, schema, _binder, findings);
        foreach (var table in plan.Tables)
            CheckWriter(table, file.Address, findings);
        if (document.Ingest is { } ingest)
            CheckSource(ingest.Source, file.Address, findings);
        foreach (var publish in document.Publications)
            CheckConnection(publish.Sink, file.Address, findings);
        var definition = findings.HasErrors
            ? null
            : new StreamDefinition(file.Address, document, file.Revision) { Schema = schema, Files = files };
        return new(document, plan, definition, findings);
    }

    /// <inheritdoc/>
    public void Dispose() => _binder.Dispose();

    private Dictionary<string, DateTime> Files(StreamDocument document, DocumentAddress address)
    {
        var ends = document.Publications.Select(p => p.Sink).Concat(document.Ingest is { } ingest ? [ingest.Source] : []);
        var connections = ends.SelectMany(end => ConnectionsOf(end).Select(attribute => $"resources/{end[attribute]}.json"));
        return connections
            .Concat(document.Flatten?.SchemaRef is { } schema ? [schema] : [])
            .SelectMany(path => root.Candidates(path, address))
            .Distinct()
            .ToDictionary(path => path, File.GetLastWriteTimeUtc);
    }

    private IReadOnlyList<Column>? Schema(StreamDocument document, DocumentAddress address, Diagnostics findings) =>
        document.Flatten is { } flatten && SchemaFile.Read(flatten.Element, root, address, findings) is { } schema
            ? [.. schema.Columns.Select(c => c.Column)]
            : null;

    private void CheckWriter(PlannedTable table, DocumentAddress stream, Diagnostics findings)
    {
        foreach (var writer in _writers.Of(table.Name).Where(w => w.Kind != DocumentKind.Stream || w.Address != stream))
            findings.Add(
                Rule.TableTaken,
                table.Location,
                $"table {table.Name} is written by the {writer.Kind.ToString().ToLowerInvariant()} {writer.Address} too",
                "give it another name, or write the other one elsewhere"
            );
    }

    private void CheckSource(Element source, DocumentAddress address, Diagnostics findings)
    {
        CheckConnection(source, address, findings);
        if (source.Spec.Name == "files")
            root.Source(source["path"]!, source.LocationOf("path"), findings);
    }

    private void CheckConnection(Element element, DocumentAddress address, Diagnostics findings)
    {
        foreach (var attribute in ConnectionsOf(element))
            CheckConnection(element[attribute]!, element.LocationOf(attribute), address, findings);
    }

    /// <summary>The attributes by which an element names connections.</summary>
    private static IEnumerable<string> ConnectionsOf(Element element) =>
        element.Spec.Attributes.Select(a => a.Name).Where(name => name is "securityRef" or "connectionRef" && element.Has(name));

    private void CheckConnection(string name, SourceLocation at, DocumentAddress address, Diagnostics findings)
    {
        try
        {
            if (root.Connection(name, address) is null)
                findings.Add(
                    Rule.MissingConnection,
                    at,
                    $"there is no connection '{name}'",
                    NearestName.Hint(name, root.Connections(address)) ?? $"put it in resources/{name}.json"
                );
        }
        catch (RunException e)
        {
            findings.Add(Rule.MissingConnection, at, e.Message, e.Hint);
        }
    }
}
