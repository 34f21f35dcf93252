using ServerlessHub.Engine;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake;

/// <summary>
/// A query that reads rows of a table on one database. It can be run any number of times until it is disposed, which gives back the memory
/// that deletion vectors take, and lets go of files that were fetched; a query that runs then may fail.
/// </summary>
public sealed class SnapshotScan : IDisposable
{
    internal SnapshotScan(string sql, IReadOnlyList<RowFilter> filters, IReadOnlyList<FetchedFiles> files)
    {
        Sql = sql;
        (Filters, Fetched) = (filters, files);
    }

    /// <summary>The query; it can stand in parentheses after FROM, and only on the database that the scan was made for.</summary>
    public string Sql { get; }

    /// <summary>What a closed-in database must be allowed as single files in order to run the query.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    internal IReadOnlyList<RowFilter> Filters { get; }

    internal IReadOnlyList<FetchedFiles> Fetched { get; }

    /// <summary>What a failure of the query has to do with the table's files; null if nothing is known of it.</summary>
    internal Func<EngineException, LakeException?> Explain { get; init; } = _ => null;

    /// <summary>Does something that runs the query.</summary>
    /// <param name="work">Does it, on the database that the scan was made for.</param>
    /// <exception cref="LakeException">A file of the table is gone or damaged; the message names it.</exception>
    /// <exception cref="EngineException">It fails for another reason.</exception>
    public T Read<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (EngineException e) when (Explain(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Ends the use of the query.</summary>
    public void Dispose()
    {
        foreach (var filter in Filters)
            filter.Dispose();
        foreach (var files in Fetched)
            files.Dispose();
    }
}
