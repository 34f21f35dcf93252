using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Running;

/// <summary>
/// One <c>SELECT</c> over tables of the lake, named as documents name them, each as it is now or, with <c>AT (VERSION => 3)</c> or
/// <c>AT (TIMESTAMP => '2026-01-31')</c> after its name, as it was. It runs in an engine of its own that is sealed to the files of
/// these tables: it reads nothing else, writes nothing, and changes no setting.
/// </summary>
public sealed class LakeQuery : IDisposable
{
    private readonly QueryEngine engine;
    private readonly List<SnapshotScan> scans = [];

    private LakeQuery(QueryEngine engine, string sql) => (this.engine, Sql) = (engine, sql);

    /// <summary>The query's text, on <see cref="Connection"/>.</summary>
    public string Sql { get; private set; }

    /// <summary>The connection on which the text means what it says.</summary>
    public Connection Connection => engine.Connection;

    /// <summary>Reads which tables the text names, and makes them readable. Files that hold no row the query asks for are left out, as far as its conditions tell.</summary>
    /// <param name="root">The hub root that has the tables.</param>
    /// <param name="sql">The text.</param>
    /// <param name="resolve">The table that a name means, and an exception of its own choice for a name that means none.</param>
    /// <param name="memoryLimitBytes">The memory that the process may take; null for 60 % of the machine's.</param>
    /// <param name="cancellation">Ends the bringing of files.</param>
    /// <exception cref="RunException">It is not one query, it does not fit its tables, or a table has no version yet; the message says in which line and column.</exception>
    /// <exception cref="LakeException">A table's log is damaged, it has no such version, or it needs what this version of the hub does not have.</exception>
    public static LakeQuery Open(
        HubRoot root,
        string sql,
        Func<string, TableName> resolve,
        long? memoryLimitBytes = null,
        CancellationToken cancellation = default
    )
    {
        var query = new LakeQuery(new QueryEngine(root, memoryLimitBytes), sql);
        try
        {
            query.Prepare(root, resolve, cancellation);
            return query;
        }
        catch
        {
            query.Dispose();
            throw;
        }
    }

    /// <summary>Runs the query.</summary>
    /// <param name="work">Does it.</param>
    /// <exception cref="LakeException">A file of a table is gone or damaged; the message names it.</exception>
    /// <exception cref="EngineException">It fails for another reason.</exception>
    public T Read<T>(Func<T> work) => scans.Aggregate(work, (inner, scan) => () => scan.Read(inner))();

    /// <summary>Ends the query, and removes what it put aside.</summary>
    public void Dispose()
    {
        foreach (var scan in scans)
            scan.Dispose();
        engine.Dispose();
    }

    private void Prepare(HubRoot root, Func<string, TableName> resolve, CancellationToken cancellation)
    {
        var tree = QueryTree.Parse(Connection, Sql);
        var files = new List<string>();
        foreach (var named in tree.Tables().GroupBy(table => (table.Name, table.At)))
        {
            cancellation.ThrowIfCancellationRequested();
            var name = resolve(named.Key.Name.ToString());
            var snapshot =
                Read(LakeTables.Open(root, name), named.Key.At, cancellation)
                ?? throw new RunException($"table {name} has no version yet", "run the pipeline that writes it");
            var view = named.Key.At is null ? named.Key.Name : new("", "", QueryTree.NameOf(named.Key.Name, named.Key.At));
            // A table that is named twice is one view, which has what either asks for.
            var only = named.ToArray() is [var one] ? one : null;
            if (only is { IsOnlyCounted: true } && snapshot.Rows is { } rows)
            {
                Name(view, Counted(snapshot, rows));
                continue;
            }
            var scan = snapshot.Scan(Connection, only?.Ranges(snapshot) ?? []);
            scans.Add(scan);
            // The engine looks for the files when it is told of the view.
            scan.Read(() => Name(view, scan.Sql));
            files.AddRange(scan.Paths);
        }
        engine.Database.Seal([], files);
        if (tree.TakeOutTimes())
            Sql = tree.ToSql(Connection);
        else
            Check();
    }

    /// <summary>So many rows, of which the log knows: no file is read, nor brought here, to count them.</summary>
    private static string Counted(Snapshot snapshot, long rows) =>
        $"SELECT {string.Join(", ", LakeTables.Columns(snapshot).Select(c => $"CAST(NULL AS {c.Type}) AS {Engine.Sql.Identifier(c.Name)}"))} FROM range({rows})";

    private static Snapshot? Read(DeltaTable table, QueryTime? at, CancellationToken cancellation) =>
        at switch
        {
            null => table.TryRead(ct: cancellation),
            { Version: { } version } => table.TryRead(version, ct: cancellation),
            _ => table.TryRead(timestamp: at.Time, ct: cancellation),
        };

    /// <summary>What the engine finds wrong before it runs anything, it tells the place of.</summary>
    private void Check()
    {
        try
        {
            Connection.Prepare(Sql).Dispose();
        }
        catch (EngineException e) when (e.Position is { } position)
        {
            throw new RunException($"{Place(Sql, position)}: {e.Message}", inner: e);
        }
    }

    /// <summary>A place in a text, as people count it.</summary>
    internal static string Place(string text, int position)
    {
        var before = text[..Math.Min(position, text.Length)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"line {before.Count(c => c == '\n') + 1}, column {before.Length - before.LastIndexOf('\n')}"
        );
    }

    /// <summary>Makes the very spelling of the text a name in the engine.</summary>
    private long Name(SqlTableName name, string sql)
    {
        if (name.Catalog.Length > 0)
            Connection.Execute($"ATTACH IF NOT EXISTS ':memory:' AS {Engine.Sql.Identifier(name.Catalog)}");
        string[] folder = [.. new[] { name.Catalog, name.Schema }.Where(part => part.Length > 0)];
        if (folder.Length > 0)
            Connection.Execute($"CREATE SCHEMA IF NOT EXISTS {string.Join('.', folder.Select(Engine.Sql.Identifier))}");
        return Connection.Execute($"CREATE VIEW {string.Join('.', folder.Append(name.Table).Select(Engine.Sql.Identifier))} AS\n{sql}");
    }
}
