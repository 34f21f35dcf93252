using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>Finds what a person names on the command line.</summary>
internal static class Named
{
    /// <summary>The one pipeline that a name means: an id, <c>app/layer/id</c>, or a file.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public static HubDocument Pipeline(HubRoot root, string name)
    {
        try
        {
            return root.Document(DocumentKind.Pipeline, name);
        }
        catch (RunException e)
        {
            throw new CommandException(
                root.Find(DocumentKind.Pipeline, name).Count > 1 ? ExitCode.Usage : ExitCode.NotFound,
                e.Message,
                e.Hint
            );
        }
    }

    /// <summary>The one table that a name means: <c>app.layer.table</c>, <c>layer.table</c>, or the table's own name, as far as that is clear.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public static TableName Table(HubRoot root, string name)
    {
        var tables = Tables(root).ToList();
        var found = tables.Where(t => t.ToString() == name || $"{t.Layer}.{t.Table}" == name || t.Table == name).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw CommandException.NotFound(
                $"there is no table '{name}'",
                NearestName.Hint(name, tables.SelectMany(t => new[] { t.ToString(), $"{t.Layer}.{t.Table}", t.Table }))
                    ?? "'hub tables list' shows those that are there"
            ),
            _ => throw CommandException.Usage($"{found.Count} tables are named '{name}'", $"say which: {string.Join(" or ", found)}"),
        };
    }

    /// <summary>All tables of a hub root.</summary>
    public static IEnumerable<TableName> Tables(HubRoot root) =>
        root.Apps().SelectMany(app => PipelineSpec.Layers.SelectMany(layer => root.Tables(app, layer)));
}
