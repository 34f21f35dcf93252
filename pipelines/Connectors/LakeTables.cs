using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>The lake's tables as documents name them.</summary>
internal static class LakeTables
{
    /// <summary>A table, which need not be there.</summary>
    /// <exception cref="RunException">Its folder is a link that leaves the hub root.</exception>
    public static DeltaTable Open(HubRoot root, TableName name)
    {
        Locate(root, name);
        return new DeltaTable(root.Storage, name.Folder);
    }

    /// <summary>The folder of a table, absolute and without links.</summary>
    /// <exception cref="RunException">It is a link that leaves the hub root.</exception>
    public static string Locate(HubRoot root, TableName name) =>
        root.Relative(root.Locate(name.Folder)) is { } folder
            ? root.Locate(folder)
            : throw new RunException($"table {name} is a link that leaves the hub root", "keep tables in the hub root");

    /// <summary>A table's columns as the engine reads them.</summary>
    public static IReadOnlyList<Column> Columns(Snapshot snapshot) => [.. snapshot.Columns.Select(c => new Column(c.Name, c.Type))];

    /// <summary>The names of the tables an application may mean, for the nearest one to a mistyped name.</summary>
    public static IEnumerable<string> Known(HubRoot root, string app) =>
        Definitions.PipelineSpec.Layers.SelectMany(l => root.Tables(app, l)).Select(t => $"{t.Layer}.{t.Table}");
}
