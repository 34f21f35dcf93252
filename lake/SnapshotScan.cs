using ServerlessHub.Lake.Reading;

namespace ServerlessHub.Lake;

/// <summary>
/// A query that reads rows of a table on one database. It can be run any number of times until it is disposed, which gives back the memory
/// that deletion vectors take; a query that runs then may fail.
/// </summary>
public sealed class SnapshotScan : IDisposable
{
    private readonly IReadOnlyList<RowFilter> _filters;

    internal SnapshotScan(string sql, IReadOnlyList<RowFilter> filters)
    {
        Sql = sql;
        _filters = filters;
    }

    /// <summary>The query; it can stand in parentheses after FROM, and only on the database that the scan was made for.</summary>
    public string Sql { get; }

    /// <summary>Ends the use of the query.</summary>
    public void Dispose()
    {
        foreach (var filter in _filters)
            filter.Dispose();
    }
}
