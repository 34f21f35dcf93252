using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Running;

/// <summary>
/// One <c>SELECT</c> over tables of the lake, named as documents name them. It runs in an engine of its own that is sealed to the files of
/// these tables: it reads nothing else, writes nothing, and changes no setting.
/// </summary>
public sealed class LakeQuery : IDisposable
{
    private readonly string workFolder;
    private readonly Database database;
    private readonly List<SnapshotScan> scans = [];

    private LakeQuery(HubRoot root, string sql)
    {
        Sql = sql;
        workFolder = Directory.CreateDirectory(Path.Combine(root.Path, ".hub", "work", $"query-{Guid.NewGuid():N}")).FullName;
        database = Database.Open(new DatabaseOptions { TempDirectory = workFolder });
        Connection = database.Connect();
        Connection.Execute("SET TimeZone = 'UTC'");
    }

    /// <summary>The query's text.</summary>
    public string Sql { get; }

    /// <summary>The connection on which the text means what it says.</summary>
    public Connection Connection { get; }

    /// <summary>Reads which tables the text names, and makes them readable, each as it is now.</summary>
    /// <param name="root">The hub root that has the tables.</param>
    /// <param name="sql">The text.</param>
    /// <param name="resolve">The table that a name means, and an exception of its own choice for a name that means none.</param>
    /// <exception cref="RunException">It is not one query, or a table has no version yet.</exception>
    /// <exception cref="LakeException">A table's log is damaged, or needs what this version of the hub does not have.</exception>
    public static LakeQuery Open(HubRoot root, string sql, Func<string, TableName> resolve)
    {
        var query = new LakeQuery(root, sql);
        try
        {
            query.Prepare(root, resolve);
            return query;
        }
        catch
        {
            query.Dispose();
            throw;
        }
    }

    /// <summary>Ends the query, and removes what it put aside.</summary>
    public void Dispose()
    {
        Connection.Dispose();
        foreach (var scan in scans)
            scan.Dispose();
        database.Dispose();
        Directory.Delete(workFolder, recursive: true);
    }

    private void Prepare(HubRoot root, Func<string, TableName> resolve)
    {
        var files = new List<string>();
        foreach (var named in SqlTree.Tables(Parse()).Distinct())
        {
            var table = resolve(named.ToString());
            var snapshot =
                LakeTables.Open(root, table).TryRead()
                ?? throw new RunException($"table {table} has no version yet", "run the pipeline that writes it");
            var scan = snapshot.Scan(Connection);
            scans.Add(scan);
            Name(named, scan.Sql);
            files.AddRange(scan.Paths);
        }
        database.Seal([], files);
    }

    private JsonElement Parse()
    {
        using var statement = Connection.Prepare("SELECT json_serialize_sql($1::VARCHAR)");
        statement.Bind(1, Sql);
        using var result = statement.Query();
        var tree = JsonDocument.Parse(result.Scalar<string>()!).RootElement;
        if (tree.GetProperty("error").GetBoolean())
            throw new RunException(
                $"the query does not parse: {EngineMessage.Plain(tree.GetProperty("error_message").GetString()!)}",
                "it is one SELECT over tables named layer.table or app.layer.table"
            );
        return tree.GetProperty("statements").GetArrayLength() == 1
            ? tree
            : throw new RunException("there is more than one statement", "ask one SELECT at a time");
    }

    /// <summary>Makes the very spelling of the text a name in the engine.</summary>
    private void Name(SqlTableName name, string sql)
    {
        if (name.Catalog.Length > 0)
            Connection.Execute($"ATTACH IF NOT EXISTS ':memory:' AS {Engine.Sql.Identifier(name.Catalog)}");
        string[] folder = [.. new[] { name.Catalog, name.Schema }.Where(part => part.Length > 0)];
        if (folder.Length > 0)
            Connection.Execute($"CREATE SCHEMA IF NOT EXISTS {string.Join('.', folder.Select(Engine.Sql.Identifier))}");
        Connection.Execute($"CREATE VIEW {string.Join('.', folder.Append(name.Table).Select(Engine.Sql.Identifier))} AS\n{sql}");
    }
}
