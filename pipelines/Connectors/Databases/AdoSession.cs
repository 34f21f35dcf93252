using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>A session over a driver of .NET's: rows come from its reader and go in by its bulk copy.</summary>
internal abstract class AdoSession : DatabaseSession
{
    private DbDataReader? reader;

    /// <summary>Connects.</summary>
    /// <exception cref="RunException">The database cannot be reached, or refuses.</exception>
    protected AdoSession(DatabaseAddress address, Func<DatabaseAddress, DbConnection> connect)
        : base(address)
    {
        Connection = Guarded(() => connect(address));
        try
        {
            Guarded(() =>
            {
                Connection.Open();
                return 0;
            });
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    /// <summary>The driver's connection.</summary>
    protected DbConnection Connection { get; }

    /// <summary>The transaction, once it has begun.</summary>
    protected DbTransaction? Transaction { get; private set; }

    /// <inheritdoc/>
    public override void Begin(IsolationLevel isolation) => Transaction = Guarded(() => Connection.BeginTransaction(isolation));

    /// <inheritdoc/>
    public override void Commit() =>
        Guarded(() =>
        {
            Transaction!.Commit();
            Transaction.Dispose();
            Transaction = null;
            return 0;
        });

    /// <inheritdoc/>
    public override long Execute(string sql, params IReadOnlyList<QueryParameter> parameters) =>
        Guarded(() =>
        {
            using var command = Command(sql, parameters);
            return command.ExecuteNonQuery();
        });

    /// <inheritdoc/>
    public override IReadOnlyList<string?[]> Rows(string sql, params IReadOnlyList<QueryParameter> parameters) =>
        Guarded(() =>
        {
            using var command = Command(sql, parameters);
            using var result = command.ExecuteReader();
            var rows = new List<string?[]>();
            while (result.Read())
                rows.Add([.. Enumerable.Range(0, result.FieldCount).Select(i => Text(result, i))]);
            return rows;
        });

    /// <inheritdoc/>
    public override IReadOnlyList<Column> Describe(DatabaseQuery query) =>
        Guarded(() =>
        {
            using var command = Command(query.Sql, query.Parameters);
            using var result = command.ExecuteReader(CommandBehavior.SchemaOnly);
            return Readable(result.GetColumnSchema().Select(c => (c.ColumnName, c.DataTypeName ?? "?", TypeOf(c))));
        });

    /// <inheritdoc/>
    public override DatabaseRows Read(Connection engine, DatabaseQuery query, IReadOnlyList<Column> columns, int? fetchSize)
    {
        reader = Guarded(() => Read(query, fetchSize));
        var function = engine.RegisterReader(reader, columns.ToDictionary(c => c.Name, c => c.Type));
        return new DatabaseRows(function + "()", function, []);
    }

    /// <inheritdoc/>
    public override long Write(
        Connection engine,
        string select,
        string table,
        IReadOnlyList<TableColumn> columns,
        int? batchSize,
        CancellationToken cancellation
    )
    {
        using var rows = engine.Query(select, cancellation);
        return Guarded(() => Copy(rows, table, columns, batchSize));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        try
        {
            reader?.Dispose();
            Transaction?.Dispose();
            Connection.Dispose();
        }
        catch (Exception e) when (Translate(e) is not null)
        {
            // A connection that broke cannot be closed in order; the database undoes what was not committed.
        }
    }

    /// <summary>The engine's type for a column of a result; null where values of it cannot be read.</summary>
    protected abstract LogicalType? TypeOf(DbColumn column);

    /// <summary>A parameter of a command.</summary>
    protected abstract DbParameter Parameter(QueryParameter parameter);

    /// <summary>Sends rows in bulk.</summary>
    protected abstract long Copy(QueryResult rows, string table, IReadOnlyList<TableColumn> columns, int? batchSize);

    /// <summary>Runs a query; its rows come while they are read, and are never all held at once.</summary>
    protected virtual DbDataReader Read(DatabaseQuery query, int? fetchSize) =>
        new DatabaseReader(Command(query.Sql, query.Parameters).ExecuteReader(), null, 0, Translate);

    /// <summary>A command of the transaction.</summary>
    protected DbCommand Command(string sql, IReadOnlyList<QueryParameter> parameters)
    {
        var command = Connection.CreateCommand();
        command.Transaction = Transaction;
        // Nothing would tell the database the type of a null without one.
        var bound = parameters.Where(p => p.Type is not null).ToArray();
        command.CommandText = SqlParameters.Replace(sql, name => bound.Any(p => p.Name == name) ? "@" + name : "NULL");
        foreach (var parameter in bound)
            command.Parameters.Add(Parameter(parameter));
        return command;
    }

    /// <inheritdoc/>
    protected override (string Message, string? Hint, bool IsTransient)? Explain(Exception e) =>
        e switch
        {
            DbException { InnerException: SocketException s } => (s.Message, Unreachable, true),
            DbException { InnerException: TimeoutException } or TimeoutException => (
                "the database did not answer in time",
                Unreachable,
                true
            ),
            DbException { InnerException: IOException } or IOException or SocketException => (
                "the connection broke",
                "run it again; nothing was left half written",
                true
            ),
            DbException d => (d.Message, null, d.IsTransient),
            OverflowException => ("a number has more digits than the driver takes", "round it, or convert it to a smaller decimal", false),
            _ => null,
        };

    /// <summary>What to do about a database that does not answer.</summary>
    protected const string Unreachable = "check the address, and that the database runs and can be reached from here";

    private static string? Text(DbDataReader row, int ordinal) =>
        row.IsDBNull(ordinal) ? null : Convert.ToString(row.GetValue(ordinal), CultureInfo.InvariantCulture);
}
