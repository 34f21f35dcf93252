using System.Data;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>
/// An open connection to a database, and all that differs between databases: types, SQL, and how rows are moved. Sources and targets are the same
/// for all. Whatever the database refuses comes as a <see cref="RunException"/> that names the database, and never its user's password.
/// </summary>
internal abstract class DatabaseSession(DatabaseAddress address) : IDisposable
{
    /// <summary>The table in which a database keeps the tokens of runs that were committed.</summary>
    public const string Tokens = "hub_committed_runs";

    /// <summary>The database.</summary>
    public DatabaseAddress Address { get; } = address;

    /// <summary>The folders through which the run's engine hands rows over; empty where they go over a connection.</summary>
    public virtual IReadOnlyList<string> Paths => [];

    /// <summary>The statement that makes the table of tokens.</summary>
    public virtual string CreateTokens =>
        $"CREATE TABLE {Tokens} (token varchar(400) PRIMARY KEY, row_count bigint NOT NULL, committed_at timestamp DEFAULT CURRENT_TIMESTAMP)";

    /// <summary>Connects.</summary>
    /// <param name="address">The database.</param>
    /// <param name="root">Where a database that is a file lies.</param>
    /// <param name="isWritten">Whether it will be written; a file that is missing is then made.</param>
    /// <exception cref="RunException">It cannot be reached, refuses, or this build has no driver for it.</exception>
    public static DatabaseSession Open(DatabaseAddress address, HubRoot root, bool isWritten) =>
        address.Url.Vendor switch
        {
            "postgresql" => new PostgresSession(address),
            "duckdb" => new DuckDbSession(address, root, isWritten),
#if HUB_FULL
            "sqlserver" => new SqlServerSession(address),
            "mysql" or "mariadb" => new MySqlSession(address),
#endif
            var vendor => throw new RunException(
                $"this build has no driver for {vendor}: {address} cannot be reached",
                "use the full package set, or map the address in config/connections.json"
            ),
        };

    /// <summary>Connects, to look at what is there.</summary>
    /// <exception cref="RunException">It cannot be reached, refuses, or this build has no driver for it.</exception>
    public static DatabaseSession Open(DatabaseAddress address, ConnectorContext context) =>
        context.Databases?.Open(address, context.Root) ?? Open(address, context.Root, isWritten: false);

    /// <summary>The isolation level of a name that documents use.</summary>
    public static IsolationLevel Isolation(Element element) =>
        element["isolationLevel"] switch
        {
            "READ_UNCOMMITTED" => IsolationLevel.ReadUncommitted,
            "REPEATABLE_READ" => IsolationLevel.RepeatableRead,
            "SERIALIZABLE" => IsolationLevel.Serializable,
            _ => IsolationLevel.ReadCommitted,
        };

    /// <summary>Begins the transaction.</summary>
    public abstract void Begin(IsolationLevel isolation);

    /// <summary>Commits the transaction.</summary>
    public abstract void Commit();

    /// <summary>Runs a statement and gives the number of rows it changed.</summary>
    public abstract long Execute(string sql, params IReadOnlyList<QueryParameter> parameters);

    /// <summary>Runs a statement that defines something, within the transaction where the database can.</summary>
    public virtual void Define(string sql) => Execute(sql);

    /// <summary>The rows of a small result as texts.</summary>
    public abstract IReadOnlyList<string?[]> Rows(string sql, params IReadOnlyList<QueryParameter> parameters);

    /// <summary>The columns of a query's result, without running it.</summary>
    public abstract IReadOnlyList<Column> Describe(DatabaseQuery query);

    /// <summary>Makes a query's rows readable for the run's engine.</summary>
    /// <param name="engine">The run's engine.</param>
    /// <param name="query">The query.</param>
    /// <param name="columns">What <see cref="Describe"/> found.</param>
    /// <param name="fetchSize">Rows fetched at a time; null for the database's own streaming.</param>
    public abstract DatabaseRows Read(Connection engine, DatabaseQuery query, IReadOnlyList<Column> columns, int? fetchSize);

    /// <summary>The columns of a table in its order that can be written, or null where there is no such table.</summary>
    public abstract IReadOnlyList<TableColumn>? Columns(string table);

    /// <summary>The columns of a table's primary key, in their order; empty where it has none.</summary>
    public abstract IReadOnlyList<string> PrimaryKey(string table);

    /// <summary>Writes the rows of a query of the run's engine into a table, within the transaction.</summary>
    /// <param name="engine">The run's engine.</param>
    /// <param name="select">The query; its columns are those of the table in number, order and type.</param>
    /// <param name="table">The table's name, quoted.</param>
    /// <param name="columns">The table's columns that are written.</param>
    /// <param name="batchSize">Rows sent at a time; null for all in one go.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The number of rows.</returns>
    public abstract long Write(
        Connection engine,
        string select,
        string table,
        IReadOnlyList<TableColumn> columns,
        int? batchSize,
        CancellationToken cancellation
    );

    /// <summary>A name, quoted.</summary>
    public virtual string Quote(string identifier) => Sql.Identifier(identifier);

    /// <summary>A table's name as a document writes it (<c>schema.table</c>), quoted part by part.</summary>
    public string QuoteTable(string table) => string.Join('.', table.Split('.').Select(Quote));

    /// <summary>The database's type for a column that the hub creates; null where it has none.</summary>
    /// <param name="type">The type of the column's values.</param>
    /// <param name="isKey">Whether the column is to be part of a primary key.</param>
    public abstract string? TypeFor(LogicalType type, bool isKey);

    /// <summary>The statements that create a table with these columns.</summary>
    public virtual IEnumerable<string> Create(string table, IReadOnlyList<Column> columns, IReadOnlyList<string> keys)
    {
        var items = columns.Select(c =>
        {
            var isKey = keys.Contains(c.Name);
            return $"{Quote(c.Name)} {TypeFor(c.Type, isKey)}{(isKey ? " NOT NULL" : "")}";
        });
        if (keys.Count > 0)
            items = items.Append($"PRIMARY KEY ({string.Join(", ", keys.Select(Quote))})");
        yield return $"CREATE TABLE {QuoteTable(table)} ({string.Join(", ", items)})";
    }

    /// <summary>The statement that empties a table at once, which may lock out its readers.</summary>
    public virtual string Truncate(string table) => $"TRUNCATE TABLE {QuoteTable(table)}";

    /// <summary>The name of the table for rows on their way, quoted.</summary>
    public virtual string Staging => Quote("hub_staging");

    /// <summary>The statement that makes that table, empty and private to this session, with columns of another.</summary>
    public virtual string CreateStaging(string like, IReadOnlyList<string> columns) =>
        $"CREATE TEMPORARY TABLE {Staging} AS SELECT {string.Join(", ", columns.Select(Quote))} FROM {QuoteTable(like)} WHERE 1 = 0";

    /// <summary>The statement that updates the rows whose keys are staged; null where there is nothing but keys.</summary>
    public virtual string? Update(string table, IReadOnlyList<string> columns, IReadOnlyList<string> keys)
    {
        var set = string.Join(", ", columns.Except(keys).Select(c => $"{Quote(c)} = s.{Quote(c)}"));
        return set.Length == 0 ? null : $"UPDATE {QuoteTable(table)} AS t SET {set} FROM {Staging} AS s WHERE {Match(keys)}";
    }

    /// <summary>The statement that inserts the staged rows whose keys are not there.</summary>
    public virtual string Insert(string table, IReadOnlyList<string> columns, IReadOnlyList<string> keys)
    {
        var names = string.Join(", ", columns.Select(Quote));
        return $"INSERT INTO {QuoteTable(table)} ({names}) SELECT {names} FROM {Staging} AS s WHERE NOT EXISTS (SELECT 1 FROM {QuoteTable(table)} AS t WHERE {Match(keys)})";
    }

    /// <summary>The statement that gives a few keys that are staged more than once, and how often.</summary>
    public virtual string Duplicates(IReadOnlyList<string> keys) => $"{DuplicateKeys(keys)} LIMIT 3";

    /// <summary>Ends the session; a transaction that is not committed is undone.</summary>
    public abstract void Dispose();

    /// <summary>That statement without its limit.</summary>
    protected string DuplicateKeys(IReadOnlyList<string> keys)
    {
        var names = string.Join(", ", keys.Select(Quote));
        return $"SELECT {names}, count(*) FROM {Staging} GROUP BY {names} HAVING count(*) > 1 ORDER BY {names}";
    }

    /// <summary>That staged row and table row have the same key.</summary>
    protected string Match(IReadOnlyList<string> keys) => string.Join(" AND ", keys.Select(k => $"t.{Quote(k)} = s.{Quote(k)}"));

    /// <summary>What an exception of the database means for a user, what to do, and whether trying again may help; null where it is none of the database's.</summary>
    protected abstract (string Message, string? Hint, bool IsTransient)? Explain(Exception e);

    /// <summary>An exception of the database in words for the user; null where it is none of the database's.</summary>
    protected RunException? Translate(Exception e) =>
        e is not RunException && Explain(e) is var (message, hint, isTransient)
            ? new RunException($"{Address}: {message}", hint, isTransient, e)
            : null;

    /// <summary>Does something with the database, and says in words for the user what it refuses.</summary>
    protected T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (Translate(e) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Refuses columns that the engine could not tell apart, or cannot read.</summary>
    protected IReadOnlyList<Column> Readable(IEnumerable<(string Name, string DataType, LogicalType? Type)> found)
    {
        var columns = new List<Column>();
        foreach (var (name, dataType, type) in found)
            if (type is null)
                throw new RunException(
                    $"{Address}: the column '{name}' of type {dataType} cannot be read",
                    "cast it in <sql>, for instance to text"
                );
            else if (columns.Exists(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw new RunException($"{Address}: the query gives two columns named '{name}'", "rename one of them in <sql>");
            else
                columns.Add(new Column(name, type));
        return columns;
    }
}

/// <summary>A query's rows as the run's engine reads them.</summary>
/// <param name="Relation">What stands after FROM.</param>
/// <param name="Function">The table function they come from, where it is one of their own; they can then be read only once.</param>
/// <param name="Paths">The files they are in.</param>
internal sealed record DatabaseRows(string Relation, string? Function, IReadOnlyList<string> Paths);
