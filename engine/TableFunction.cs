namespace ServerlessHub.Engine;

/// <summary>
/// A table for SQL whose rows are made in C#, <c>FROM name()</c>: by as many of DuckDB's threads as the scan allows, only the columns that are
/// asked for, a chunk at a time. Every use of it in SQL is a scan of its own. An exception becomes the query's error, and
/// <see cref="EngineException"/>'s inner exception.
/// </summary>
/// <param name="name">What SQL calls it.</param>
/// <param name="columns">Its columns.</param>
/// <param name="scan">Begins a scan, given the columns asked for by their index in <paramref name="columns"/>, in the order of the chunk.</param>
public sealed class TableFunction(string name, IReadOnlyList<Column> columns, Func<IReadOnlyList<int>, TableScan> scan)
{
    /// <summary>What SQL calls it.</summary>
    public string Name { get; } = name;

    /// <summary>Its columns.</summary>
    public IReadOnlyList<Column> Columns { get; } = columns;

    /// <summary>Begins a scan.</summary>
    public Func<IReadOnlyList<int>, TableScan> Scan { get; } = scan;

    /// <summary>How many rows to expect, if that is known; it helps DuckDB to plan.</summary>
    public long? Rows { get; init; }
}

/// <summary>One pass over the rows of a <see cref="TableFunction"/>. Disposed when it ends, also before its last row; nobody learns what its disposal throws.</summary>
public abstract class TableScan : IDisposable
{
    /// <summary>How many threads may read at once.</summary>
    public abstract int MaxThreads { get; }

    /// <summary>Begins the part of one thread; called by that thread, once.</summary>
    public abstract TableScanPart Begin();

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>What one thread reads of a <see cref="TableScan"/>. Nobody learns what its disposal throws.</summary>
public abstract class TableScanPart : IDisposable
{
    /// <summary>Fills a chunk with the next rows.</summary>
    /// <returns>How many there are; 0 at the end of the part, whatever the other threads still read.</returns>
    public abstract int Fill(ChunkWriter chunk);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
