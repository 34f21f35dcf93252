using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using ServerlessHub.Api.Problems;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Tables;

/// <summary>A table as the path of a request names it.</summary>
internal abstract class TablePath
{
    /// <summary>The table that the path names; null where that could be none.</summary>
    protected abstract TableName? Name { get; }

    /// <summary>The table's name in full, as it was asked for.</summary>
    protected abstract string Text { get; }

    /// <summary>The table.</summary>
    /// <exception cref="ApiException">There is none of this name.</exception>
    public (TableName Name, DeltaTable Table) Find(HubRoot root) =>
        Name is { } name && root.Has(name)
            ? (name, new DeltaTable(root.Storage, name.Folder))
            : throw ApiException.NotFound($"there is no table '{Text}'", "GET /api/tables lists those that are there");

    /// <summary>The table as it is, or was at a version.</summary>
    /// <exception cref="ApiException">There is no table, or no version, of this name.</exception>
    public (TableName Name, Snapshot Snapshot) Read(HubRoot root, long? version)
    {
        var (name, table) = Find(root);
        if (version < 0)
            throw ApiException.BadRequest($"'version' is {version}, and the first version is 0");
        try
        {
            return table.TryRead(version) is { } snapshot
                ? (name, snapshot)
                : throw ApiException.NotFound($"table {name} has no commit yet");
        }
        catch (LakeException e) when (version is not null)
        {
            throw ApiException.NotFound(TableName.Explain(e), "the table's history lists the versions");
        }
    }
}

/// <summary>A table of an application.</summary>
internal sealed class AppTablePath : TablePath
{
    /// <summary>The path's pattern.</summary>
    public const string Pattern = "/{app}/{layer}/{table}";

    [FromRoute(Name = "app"), Description("The application.")]
    public required string App { get; init; }

    [FromRoute(Name = "layer"), Description("The layer.")]
    public required string Layer { get; init; }

    [FromRoute(Name = "table"), Description("The table.")]
    public required string Table { get; init; }

    protected override TableName? Name => TableName.Parse(Text, App);

    protected override string Text => $"{App}.{Layer}.{Table}";
}

/// <summary>A table of the hub's own history.</summary>
internal sealed class HistoryTablePath : TablePath
{
    /// <summary>The path's pattern.</summary>
    public const string Pattern = $"/{TableName.History}/{{table}}";

    [FromRoute(Name = "table"), Description("The table.")]
    public required string Table { get; init; }

    protected override TableName? Name => TableName.OfHistory(Table);

    protected override string Text => $"{TableName.History}.{Table}";
}
