using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Running;

/// <summary>Who writes which table of a hub, as documents name them. It looks at the hub once.</summary>
internal sealed class TableWriters(HubRoot root)
{
    private readonly Lazy<ILookup<TableName, HubDocument>> _writers = new(() =>
        root.Documents(DocumentKind.Pipeline)
            .SelectMany(d => OfPipeline(root, d).Select(t => (Table: t, Document: d)))
            .Concat(root.Documents(DocumentKind.Stream).SelectMany(d => OfStream(root, d).Select(t => (Table: t, Document: d))))
            .Distinct()
            .ToLookup(w => w.Table, w => w.Document)
    );

    /// <summary>The documents that write a table.</summary>
    public IEnumerable<HubDocument> Of(TableName table) => _writers.Value[table];

    private static IEnumerable<TableName> OfPipeline(HubRoot root, HubDocument document) =>
        Text(root, document) is { } file
        && PipelineDocument.Read(PipelineLanguage.Spec, file.Text, file.Name, null, new Diagnostics()) is { } pipeline
            ? pipeline
                .Targets.Where(t => t.Spec.Name == "hive" && t.Has("table"))
                .Select(t => TableName.Parse(t["table"]!, document.Address.App))
                .OfType<TableName>()
            : [];

    private static IEnumerable<TableName> OfStream(HubRoot root, HubDocument document) =>
        Text(root, document) is { } file && StreamDocument.Read(file.Text, file.Name, null, new Diagnostics()) is { } stream
            ? stream.TableNames.Select(name => StreamTable.Parse(name, document.Address)).OfType<TableName>()
            : [];

    // What cannot be read is told where it is validated itself.
    private static DocumentFile? Text(HubRoot root, HubDocument document)
    {
        try
        {
            return DocumentFile.Read(root, document, new Diagnostics());
        }
        catch (RunException)
        {
            return null;
        }
    }
}
