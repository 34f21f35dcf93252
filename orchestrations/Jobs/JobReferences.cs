using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>Finds the documents that the nodes of jobs name. It looks at a hub root once, so it serves one validation of however many jobs.</summary>
internal sealed class JobReferences(HubRoot root)
{
    private readonly Dictionary<(DocumentKind Kind, string App), IReadOnlyList<HubDocument>> documents = [];
    private readonly Dictionary<HubDocument, (DocumentFile? File, Diagnostics Findings)> files = [];

    /// <summary>The document that an attribute of a node names, in an application; reports what is not there or not clear.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its id.</param>
    /// <param name="app">Its application.</param>
    /// <param name="layer">Its layer; null for whichever has it.</param>
    /// <param name="at">Where it is named.</param>
    /// <param name="findings">Where findings go.</param>
    public HubDocument? Find(DocumentKind kind, string id, string app, string? layer, SourceLocation at, Diagnostics findings)
    {
        var found = Of(kind, app).Where(d => d.Address.Id == id && (layer is null || d.Address.Layer == layer)).ToList();
        if (found.Count == 1)
            return found[0];
        var what = kind.ToString().ToLowerInvariant();
        if (found.Count > 1)
            findings.Add(
                Rule.AmbiguousName,
                at,
                $"{found.Count} {what}s of '{app}' are named '{id}': {string.Join(" and ", found.Select(d => d.File))}",
                found.Select(d => d.Address.Layer).Distinct().Count() > 1
                    ? $"say which: {string.Join(" or ", found.Select(d => $"layer=\"{d.Address.Layer}\""))}"
                    : "give one of them another id"
            );
        else
            findings.Add(Rule.UnknownDocument, at, $"there is no {what} '{id}' {Where(app, layer)}", Hint(kind, id, app, layer));
        return null;
    }

    /// <summary>A document's text; null when it cannot be read as one, which the findings tell.</summary>
    public (DocumentFile? File, Diagnostics Findings) Read(HubDocument document)
    {
        if (files.TryGetValue(document, out var there))
            return there;
        var findings = new Diagnostics();
        try
        {
            return files[document] = (DocumentFile.Read(root, document, findings), findings);
        }
        catch (RunException e)
        {
            findings.Add(Rule.MissingFile, new SourceLocation(document.File, 0, 0), e.Message, e.Hint);
            return files[document] = (null, findings);
        }
    }

    private IReadOnlyList<HubDocument> Of(DocumentKind kind, string app) =>
        documents.TryGetValue((kind, app), out var there) ? there : documents[(kind, app)] = root.Documents(kind, app);

    private static string Where(string app, string? layer) => layer is null ? $"in '{app}'" : $"in '{app}/{layer}'";

    private string Hint(DocumentKind kind, string id, string app, string? layer)
    {
        var named = root.Documents(kind).Where(d => d.Address.Id == id).ToList();
        if (named.FirstOrDefault(d => d.Address.App == app) is { } other)
            return $"it is in the layer {other.Address.Layer}";
        if (named.Count > 0)
            return $"there is one in {string.Join(" and ", named.Select(d => $"'{d.Address.App}'"))}: write app=\"{named[0].Address.App}\"";
        var ids = Of(kind, app).Where(d => layer is null || d.Address.Layer == layer).Select(d => d.Address.Id).ToList();
        return NearestName.Hint(id, ids)
            ?? (ids.Count > 0 ? $"there are: {string.Join(", ", ids.Take(8))}{(ids.Count > 8 ? ", …" : "")}" : "it has none");
    }
}
