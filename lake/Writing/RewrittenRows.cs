namespace ServerlessHub.Lake.Writing;

/// <summary>What changing rows came to.</summary>
internal sealed record RewrittenRows
{
    public required IReadOnlyList<WrittenFile> Written { get; init; }

    /// <summary>The files that are no longer part of the table.</summary>
    public required IReadOnlyList<DataFile> Gone { get; init; }

    /// <summary>To how many rows each of the clauses for rows of the table applied.</summary>
    public required IReadOnlyList<long> ByClause { get; init; }

    public required long Inserted { get; init; }

    public required long Updated { get; init; }

    public required long Deleted { get; init; }

    public required long Copied { get; init; }
}
