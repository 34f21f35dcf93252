using System.Collections.Immutable;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>One statement, parsed and bound: it can be looked at without running, and be run many times with other parameters.</summary>
public sealed class Statement : IDisposable
{
    private readonly ConnectionHandle _connection;
    private readonly PreparedStatementHandle _handle;
    private readonly string _sql;

    internal Statement(ConnectionHandle connection, PreparedStatementHandle handle, string sql)
    {
        _connection = connection;
        _handle = handle;
        _sql = sql;
        Kind = NativeApi.duckdb_prepared_statement_type(handle);
        Columns = ReadColumns();
        ParameterNames = ReadParameterNames();
    }

    /// <summary>What the statement does.</summary>
    public StatementKind Kind { get; }

    /// <summary>
    /// The columns of its result. Where a type depends on a parameter nothing tells about, it is <see cref="LogicalType.Unknown"/>, or all
    /// columns are one unknown one.
    /// </summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The names of its parameters by position: <c>x</c> of <c>$x</c>, <c>1</c> of <c>$1</c> or of the first <c>?</c>.</summary>
    public IReadOnlyList<string> ParameterNames { get; }

    /// <summary>Gives a parameter its value, in the type DuckDB has for the value's own.</summary>
    /// <param name="index">The parameter's position, from 1.</param>
    /// <param name="value">See <see cref="Bind(int, object?, LogicalType)"/>.</param>
    /// <exception cref="ArgumentException">There is no such parameter, or no such type.</exception>
    /// <exception cref="ObjectDisposedException">The statement is disposed.</exception>
    public void Bind(int index, object? value) => Bind(index, value, ValueTypes.Of(value));

    /// <summary>Gives the parameter of that name its value.</summary>
    /// <inheritdoc cref="Bind(int, object?)"/>
    /// <param name="name">The parameter's name, without the <c>$</c>.</param>
    /// <param name="value">See <see cref="Bind(int, object?, LogicalType)"/>.</param>
    public void Bind(string name, object? value) => Bind(Index(name), value);

    /// <summary>Gives the parameter of that name its value.</summary>
    /// <inheritdoc cref="Bind(int, object?, LogicalType)"/>
    /// <param name="name">The parameter's name, without the <c>$</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">Its type.</param>
    public void Bind(string name, object? value, LogicalType type) => Bind(Index(name), value, type);

    /// <summary>Gives a parameter a value of a type.</summary>
    /// <param name="index">The parameter's position, from 1.</param>
    /// <param name="value">
    /// null, or what <see cref="VectorReader.GetValue"/> gives for the type; any integer for an integer type; DateTimeOffset for TIMESTAMPTZ;
    /// TimeSpan for INTERVAL and TIME; any sequence for a list; any dictionary for a struct or map.
    /// </param>
    /// <param name="type">Its type.</param>
    /// <exception cref="ArgumentException">There is no such parameter, or the value is not of that type.</exception>
    /// <exception cref="OverflowException">The value is too large for the type.</exception>
    /// <exception cref="ObjectDisposedException">The statement is disposed.</exception>
    public void Bind(int index, object? value, LogicalType type)
    {
        using var native = NativeValue.Create(value, type);
        if (NativeApi.duckdb_bind_value(_handle, (ulong)index, native) != State.Success)
            throw new ArgumentException(
                $"There is no parameter {index}; the statement has {ParameterNames.Count}: {string.Join(", ", ParameterNames)}.",
                nameof(index)
            );
    }

    /// <summary>Forgets all bound values.</summary>
    /// <exception cref="ObjectDisposedException">The statement is disposed.</exception>
    public void ClearBindings() => NativeApi.duckdb_clear_bindings(_handle);

    /// <summary>Runs the statement to its end and leaves its rows unread.</summary>
    /// <returns>The number of rows it changed.</returns>
    /// <exception cref="EngineException">The statement fails, or a parameter has no value.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled or interrupted.</exception>
    /// <exception cref="ObjectDisposedException">The statement is disposed.</exception>
    public unsafe long Execute(CancellationToken ct = default)
    {
        using var pending = Start(streaming: false, ct);
        using var interruption = RegisterInterrupt(ct);
        using var result = Finish(pending, ct);
        return (long)NativeApi.duckdb_rows_changed(result.Value);
    }

    /// <summary>Runs the statement; its rows come in chunks while they are read.</summary>
    /// <param name="ct">Ends the reading of the result too.</param>
    /// <exception cref="EngineException">The statement fails, or a parameter has no value.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled or interrupted.</exception>
    /// <exception cref="ObjectDisposedException">The statement is disposed.</exception>
    public QueryResult Query(CancellationToken ct = default)
    {
        using var pending = Start(streaming: true, ct);
        var interruption = RegisterInterrupt(ct);
        try
        {
            return new QueryResult(Finish(pending, ct), _sql, interruption, ct);
        }
        catch
        {
            interruption.Dispose();
            throw;
        }
    }

    /// <summary>Gives the statement's resources back; a result of it can still be read.</summary>
    public void Dispose() => _handle.Dispose();

    // DuckDB clears an interrupt when a statement starts; so a token may interrupt only from here on, or its interrupt could be lost.
    private PendingResultHandle Start(bool streaming, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var state = streaming
            ? NativeApi.duckdb_pending_prepared_streaming(_handle, out var pending)
            : NativeApi.duckdb_pending_prepared(_handle, out pending);
        if (state == State.Success)
            return pending;

        using (pending)
            throw Failure(pending, ct);
    }

    private CancellationTokenRegistration RegisterInterrupt(CancellationToken ct) =>
        ct.UnsafeRegister(
            static connection =>
            {
                try
                {
                    NativeApi.duckdb_interrupt((ConnectionHandle)connection!);
                }
                catch (ObjectDisposedException)
                {
                    // A connection that is closed runs nothing that could be stopped.
                }
            },
            _connection
        );

    private unsafe ResultHandle Finish(PendingResultHandle pending, CancellationToken ct)
    {
        if (WorkUntilDone(pending) == PendingState.Error)
            throw Failure(pending, ct);

        var result = new ResultHandle();
        if (NativeApi.duckdb_execute_pending(pending, result.Value) == State.Success)
            return result;

        using (result)
            throw Failure(result, _sql, ct);
    }

    // DuckDB would do this itself, but spin while other threads have all the work, which takes a core away from them.
    private static PendingState WorkUntilDone(PendingResultHandle pending)
    {
        const int yieldsBeforeSleep = 20;
        var idle = new SpinWait();
        for (; ; )
        {
            var state = NativeApi.duckdb_pending_execute_task(pending);
            switch (state)
            {
                case PendingState.NotReady:
                    idle.Reset();
                    break;
                case PendingState.NoTasks:
                    idle.SpinOnce(yieldsBeforeSleep);
                    break;
                default:
                    return state;
            }
        }
    }

    private Exception Failure(PendingResultHandle pending, CancellationToken ct) =>
        Failure(EngineErrors.Create(NativeApi.duckdb_pending_error(pending), sql: _sql), ct);

    internal static unsafe Exception Failure(ResultHandle result, string sql, CancellationToken ct) =>
        Failure(
            EngineErrors.Create(NativeApi.duckdb_result_error(result.Value), NativeApi.duckdb_result_error_type(result.Value), sql),
            ct
        );

    private static Exception Failure(EngineException error, CancellationToken ct)
    {
        var cancelled =
            error.Kind == EngineErrorKind.Interrupt || (ct.IsCancellationRequested && error.InnerException is OperationCanceledException);
        return cancelled ? new OperationCanceledException("The statement was cancelled.", error, ct) : error;
    }

    private int Index(string name) =>
        NativeApi.duckdb_bind_parameter_index(_handle, out var index, name) == State.Success
            ? (int)index
            : throw new ArgumentException(
                $"There is no parameter '{name}'; the statement has {string.Join(", ", ParameterNames)}.",
                nameof(name)
            );

    private ImmutableArray<Column> ReadColumns()
    {
        var count = NativeApi.duckdb_prepared_statement_column_count(_handle);
        var columns = ImmutableArray.CreateBuilder<Column>((int)count);
        for (var i = 0UL; i < count; i++)
            columns.Add(
                new(
                    NativeApi.duckdb_prepared_statement_column_name(_handle, i)!,
                    LogicalType.From(NativeApi.duckdb_prepared_statement_column_logical_type(_handle, i))
                )
            );
        return columns.MoveToImmutable();
    }

    private ImmutableArray<string> ReadParameterNames()
    {
        var count = NativeApi.duckdb_nparams(_handle);
        var names = ImmutableArray.CreateBuilder<string>((int)count);
        for (var i = 1UL; i <= count; i++)
            names.Add(NativeApi.duckdb_parameter_name(_handle, i)!);
        return names.MoveToImmutable();
    }
}
