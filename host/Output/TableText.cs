using ServerlessHub.Api.Tables;

namespace ServerlessHub.Host.Output;

/// <summary>How tables of the lake are shown to a person.</summary>
internal static class TableText
{
    /// <summary>A line for each table.</summary>
    public static Grid List(IReadOnlyList<TableOutput> tables) =>
        new(
            [new("table"), new("version", true), new("rows", true), new("files", true), new("size", true), new("last commit (UTC)")],
            [
                .. tables.Select(t =>
                    new[]
                    {
                        t.Table,
                        t.Version.ToString(),
                        Quantity.Count(t.Rows),
                        Quantity.Count(t.Files),
                        Quantity.Bytes(t.Bytes),
                        t.LastCommit.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss"),
                    }
                ),
            ]
        );

    /// <summary>A line for each column.</summary>
    public static Grid Columns(TableDetailsOutput table) =>
        new(
            [new("column"), new("type"), new("")],
            [.. table.Columns.Select(c => new[] { c.Name, c.Type, string.Join(", ", Marks(c, table.PartitionedBy)) })]
        );

    /// <summary>What else there is to say of a table, each with a word for it.</summary>
    public static IEnumerable<(string What, string Text)> Facts(TableDetailsOutput table)
    {
        if (table.ClusteredBy.Count > 0)
            yield return ("clustered by", string.Join(", ", table.ClusteredBy));
        if (table.DeletedRows > 0)
            yield return ("deleted rows in files", Quantity.Count(table.DeletedRows));
        var protocol = table.Protocol;
        var features = protocol.Features.Count == 0 ? "" : $", features {string.Join(", ", protocol.Features)}";
        yield return ("protocol", $"reader {protocol.ReaderVersion}, writer {protocol.WriterVersion}{features}");
        if (table.Properties.Count > 0)
            yield return ("properties", string.Join(", ", table.Properties.Select(p => $"{p.Key}={p.Value}")));
    }

    /// <summary>A line for each commit.</summary>
    public static Grid History(IReadOnlyList<CommitOutput> history) =>
        new(
            [new("version", true), new("when (UTC)"), new("operation"), new("by"), new("run"), new("metrics")],
            [
                .. history.Select(c =>
                    new[]
                    {
                        c.Version.ToString(),
                        c.Timestamp.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss"),
                        c.Operation ?? "–",
                        c.By ?? "–",
                        c.RunId ?? "–",
                        string.Join(", ", c.Metrics.Where(m => m.Value.ToString() != "0").Select(m => $"{m.Key} {m.Value}")),
                    }
                ),
            ]
        );

    private static IEnumerable<string> Marks(ColumnOutput column, IReadOnlyList<string> partitionedBy)
    {
        if (partitionedBy.Contains(column.Name))
            yield return "partition";
        if (!column.Nullable)
            yield return "not null";
        if (column.Comment is { } comment)
            yield return comment;
    }
}
