using System.Data.Common;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>
/// A session on a database. One thread at a time may use it, except for <see cref="Interrupt"/> and <see cref="Progress"/>. It runs one
/// statement at a time: starting another one ends a <see cref="QueryResult"/> that is still being read.
/// </summary>
public sealed class Connection : IDisposable
{
    internal Connection(ConnectionHandle handle) => Handle = handle;

    internal ConnectionHandle Handle { get; }

    /// <summary>How far the statement that runs now is; any thread may ask.</summary>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public QueryProgress Progress
    {
        get
        {
            var progress = NativeApi.duckdb_query_progress(Handle);
            return new(
                progress.Percentage >= 0 ? progress.Percentage : null,
                (long)progress.RowsProcessed,
                (long)progress.TotalRowsToProcess
            );
        }
    }

    /// <summary>Whether statements are measured; off at first, since it costs a little.</summary>
    /// <exception cref="EngineException">The database is sealed.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public bool IsProfiling
    {
        get;
        set
        {
            Execute(value ? "SET enable_profiling = 'no_output'" : "RESET enable_profiling");
            field = value;
        }
    }

    /// <summary>What the operators of the last statement did, once it has ended or its result is disposed; null unless <see cref="IsProfiling"/>.</summary>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public ProfileNode? LastProfile => IsProfiling ? ProfileNode.Read(Handle) : null;

    /// <summary>Runs one or more statements in order and leaves their rows unread.</summary>
    /// <returns>The number of rows that the last one changed.</returns>
    /// <exception cref="EngineException">A statement fails; those before it have happened.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled or interrupted.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public long Execute(string sql, CancellationToken ct = default)
    {
        using var script = new Script(Handle, sql);
        var changed = 0L;
        for (var i = 0; i < script.Count; i++)
        {
            using var statement = script.Prepare(i);
            changed = statement.Execute(ct);
        }
        return changed;
    }

    /// <summary>Runs one statement; its rows come in chunks while they are read, so a result may be larger than memory.</summary>
    /// <exception cref="ArgumentException">It is not exactly one statement.</exception>
    /// <exception cref="EngineException">The statement fails; while its rows are read, so may <see cref="QueryResult"/>'s members.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled or interrupted.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public QueryResult Query(string sql, CancellationToken ct = default)
    {
        using var statement = Prepare(sql);
        return statement.Query(ct);
    }

    /// <summary>Parses and binds one statement without running it.</summary>
    /// <exception cref="ArgumentException">It is not exactly one statement.</exception>
    /// <exception cref="EngineException">It does not parse or bind.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public Statement Prepare(string sql)
    {
        using var script = new Script(Handle, sql);
        return script.Count == 1
            ? script.Prepare(0)
            : throw new ArgumentException($"Expected one SQL statement, but there are {script.Count}.", nameof(sql));
    }

    /// <summary>Sets a variable that SQL reads with <c>getvariable('name')</c>; the value is bound, and a null keeps the type.</summary>
    /// <exception cref="ArgumentException">The value does not fit the type.</exception>
    /// <exception cref="EngineException">DuckDB refuses.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public void SetVariable(string name, object? value, LogicalType type)
    {
        using var statement = Prepare($"SET VARIABLE {Sql.Identifier(name)} = CAST($1 AS {type})");
        statement.Bind(1, value, type);
        statement.Execute();
    }

    /// <summary>Opens a table for many rows.</summary>
    /// <param name="table">The table's name, unquoted.</param>
    /// <param name="schema">Its schema, or null for the current one.</param>
    /// <param name="catalog">Its database, or null for the current one.</param>
    /// <exception cref="EngineException">There is no such table.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public Appender CreateAppender(string table, string? schema = null, string? catalog = null) => new(Handle, table, schema, catalog);

    /// <summary>
    /// Makes a reader's rows a table for SQL: <c>FROM name()</c> with the name this gives. DuckDB reads them while it needs them, only the columns
    /// it needs, from one of its threads, and only once; the caller disposes the reader afterwards. What the reader throws becomes the query's error, with the exception inside.
    /// </summary>
    /// <param name="reader">The rows.</param>
    /// <param name="types">
    /// The types of columns, by name, for which the reader's own is not meant: another scale of a decimal (one whose column tells none is DECIMAL(38,10)), TIMESTAMPTZ or DATE for a DateTime, TIME or
    /// INTERVAL for a TimeSpan, JSON for a string.
    /// </param>
    /// <param name="rows">How many rows to expect, if that is known; it helps DuckDB to plan.</param>
    /// <exception cref="NotSupportedException">DuckDB has no type for a column.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public string RegisterReader(DbDataReader reader, IReadOnlyDictionary<string, LogicalType>? types = null, long? rows = null) =>
        ReaderFunction.Register(Handle, reader, types, rows);

    /// <summary>Makes a function known to SQL, on all connections to this database, for as long as it is open.</summary>
    /// <exception cref="EngineException">DuckDB refuses, for instance since a built-in function has that name.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public void Register(ScalarFunction function) => ScalarFunctionRegistration.Register(Handle, function);

    /// <summary>Makes a table function known to SQL, on all connections to this database, for as long as it is open.</summary>
    /// <exception cref="EngineException">DuckDB refuses, for instance since a built-in function has that name.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public void RegisterTable(TableFunction function) => TableFunctionRegistration.Register(Handle, function);

    /// <summary>Stops the statement that runs now, which then throws <see cref="OperationCanceledException"/>; any thread may call. Does nothing if none runs.</summary>
    public void Interrupt()
    {
        try
        {
            NativeApi.duckdb_interrupt(Handle);
        }
        catch (ObjectDisposedException)
        {
            // Whoever interrupts need not know that the statement, and the connection with it, ended first.
        }
    }

    /// <summary>Closes the connection; a transaction that is open is rolled back.</summary>
    public void Dispose() => Handle.Dispose();
}
