namespace ServerlessHub.Lake;

/// <summary>What a write does, in numbers; all counted while it was staged, by the engine.</summary>
public sealed record WriteMetrics
{
    /// <summary>The rows that came in.</summary>
    public long RowsIn { get; init; }

    /// <summary>The rows in the files written; of a merge, those copied too.</summary>
    public long RowsWritten { get; init; }

    /// <summary>Rows that the table did not have.</summary>
    public long RowsInserted { get; init; }

    /// <summary>Rows of a merge that were replaced by an incoming one.</summary>
    public long RowsUpdated { get; init; }

    /// <summary>Rows taken out of the table; null if an older file does not say how many it held.</summary>
    public long? RowsDeleted { get; init; }

    /// <summary>Rows of a merge that were only copied, since they stood in a file beside one that changed.</summary>
    public long RowsCopied { get; init; }

    /// <summary>Incoming rows that were left out, since the table's history has a newer one of their keys.</summary>
    public long RowsLate { get; init; }

    /// <summary>Deletion vectors written: files of which rows were taken out without writing the file anew.</summary>
    public int DeletionVectorsAdded { get; init; }

    /// <summary>Deletion vectors taken out of the table.</summary>
    public int DeletionVectorsRemoved { get; init; }

    /// <summary>Files written with the rows that changed, of a table that keeps them.</summary>
    public int ChangeFilesAdded { get; init; }

    /// <summary>Files written.</summary>
    public int FilesAdded { get; init; }

    /// <summary>Files taken out of the table.</summary>
    public int FilesRemoved { get; init; }

    /// <summary>The size of the files written, in bytes.</summary>
    public long BytesAdded { get; init; }

    /// <summary>The size of the files taken out, in bytes.</summary>
    public long BytesRemoved { get; init; }

    /// <summary>Each column of the files written, as far as their statistics tell; partition and nested columns are not among them.</summary>
    public IReadOnlyList<ColumnSummary> Columns { get; init; } = [];
}

/// <summary>What is known of the values written to a column.</summary>
/// <param name="Name">The column.</param>
/// <param name="Min">The least value, as the engine spells it; null if there is none, or if it is not known exactly.</param>
/// <param name="Max">The greatest value, likewise.</param>
/// <param name="Nulls">How many rows have no value.</param>
public sealed record ColumnSummary(string Name, string? Min, string? Max, long Nulls);
