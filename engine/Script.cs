using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>SQL text, parsed into its statements.</summary>
internal sealed class Script : IDisposable
{
    private readonly ConnectionHandle _connection;
    private readonly ExtractedStatementsHandle _statements;
    private readonly string _sql;

    public Script(ConnectionHandle connection, string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        if (sql.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("SQL text cannot hold a NUL character.", nameof(sql));

        _connection = connection;
        _sql = sql;
        Count = (int)NativeApi.duckdb_extract_statements(connection, sql, out _statements);
        if (NativeApi.duckdb_extract_statements_error(_statements) is not { } error)
            return;

        _statements.Dispose();
        throw EngineErrors.Create(error, sql: sql);
    }

    public int Count { get; }

    public Statement Prepare(int index)
    {
        var state = NativeApi.duckdb_prepare_extracted_statement(_connection, _statements, (ulong)index, out var handle);
        if (state == State.Success)
            return new Statement(_connection, handle, _sql);

        using (handle)
            throw EngineErrors.Create(NativeApi.duckdb_prepare_error(handle), sql: _sql);
    }

    public void Dispose() => _statements.Dispose();
}
