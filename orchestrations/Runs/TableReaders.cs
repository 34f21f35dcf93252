using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>Finds the pipelines that read tables, as their documents are now. A document that is broken is passed over.</summary>
internal static class TableReaders
{
    private static readonly string Source = new TableSource().Spec.Name;

    /// <summary>The pipelines that read one of the tables, as <c>app/layer/id</c>.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="folders">The tables' folders in it.</param>
    /// <exception cref="RunException">The hub root cannot be read.</exception>
    public static IReadOnlyList<string> Of(HubRoot root, IReadOnlyCollection<string> folders) =>
        folders.Count == 0
            ? []
            :
            [
                .. root.Documents(DocumentKind.Pipeline)
                    .Where(document => TablesOf(root, document).Any(table => folders.Contains(table.Folder)))
                    .Select(document => document.Address.ToString()),
            ];

    private static IEnumerable<TableName> TablesOf(HubRoot root, HubDocument document) =>
        DocumentFile.Read(root, document, new Diagnostics()) is { } file
        && PipelineDocument.Read(PipelineLanguage.Spec, file.Text, file.Name, null, new Diagnostics()) is { } pipeline
            ? pipeline
                .Sources.Where(source => source.Spec.Name == Source && source["name"] is not null)
                .Select(source => TableName.Parse(source["name"]!, document.Address.App))
                .OfType<TableName>()
            : [];
}
