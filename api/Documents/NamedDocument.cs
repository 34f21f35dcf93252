using ServerlessHub.Api.Problems;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Documents;

/// <summary>Finds the document that a path of the API names.</summary>
internal static class NamedDocument
{
    /// <summary>The document of an application and an id.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="app">The application.</param>
    /// <param name="id">The id.</param>
    /// <param name="layer">The layer; null for whichever has it.</param>
    /// <exception cref="ApiException">There is none, or more than one layer has it.</exception>
    public static HubDocument Find(HubRoot root, DocumentKind kind, string app, string id, string? layer)
    {
        var what = kind.ToString().ToLowerInvariant();
        var ofApp = root.Documents(kind, app);
        var found = ofApp.Where(d => d.Address.Id == id && (layer is null || d.Address.Layer == layer)).ToArray();
        return found.Length switch
        {
            1 => found[0],
            0 => throw ApiException.NotFound(
                $"there is no {what} '{id}' in '{app}{(layer is null ? "" : $"/{layer}")}'",
                NearestName.Hint(id, ofApp.Select(d => d.Address.Id)) ?? $"GET /api/{what}s lists those that are there"
            ),
            _ when found.Select(d => d.Address.Layer).Distinct().Count() > 1 => throw ApiException.BadRequest(
                $"{found.Length} layers of '{app}' have a {what} '{id}'",
                $"say which: {string.Join(" or ", found.Select(d => $"?layer={d.Address.Layer}"))}"
            ),
            _ => throw ApiException.Conflict(
                $"{found.Length} files of '{app}/{found[0].Address.Layer}' are the {what} '{id}': {string.Join(" and ", found.Select(d => d.File))}",
                "give one of them another id"
            ),
        };
    }
}
