using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Writing;

/// <summary>What changing rows came to.</summary>
internal sealed record RewrittenRows
{
    public required IReadOnlyList<WrittenFile> Written { get; init; }

    /// <summary>The files that are no longer part of the table.</summary>
    public required IReadOnlyList<DataFile> Gone { get; init; }

    /// <summary>The files that lose rows without being written anew.</summary>
    public IReadOnlyList<(DataFile File, DeletionVector Vector)> Vectors { get; init; } = [];

    /// <summary>The files with the rows that changed, if the table keeps them.</summary>
    public IReadOnlyList<WrittenFile> Changes { get; init; } = [];

    /// <summary>To how many rows each of the clauses for rows of the table applied.</summary>
    public required IReadOnlyList<long> ByClause { get; init; }

    public required long Inserted { get; init; }

    public required long Updated { get; init; }

    public required long Deleted { get; init; }

    public required long Copied { get; init; }
}
