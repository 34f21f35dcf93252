namespace ServerlessHub.Engine.Tests;

/// <summary>What SQL can and cannot do once a database is sealed.</summary>
public sealed class SandboxTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("engine-sandbox-").FullName;
    private readonly Database _database;
    private readonly Connection _connection;

    public SandboxTests()
    {
        Directory.CreateDirectory(Allowed);
        Directory.CreateDirectory(Outside);
        File.WriteAllText(Path.Combine(Allowed, "a.csv"), "x\n1\n");
        File.WriteAllText(Path.Combine(Outside, "secret.csv"), "x\n2\n");
        File.WriteAllText(Path.Combine(_root, "single.csv"), "x\n3\n");
        File.CreateSymbolicLink(Path.Combine(Allowed, "link.csv"), Path.Combine(Outside, "secret.csv"));
        Directory.CreateSymbolicLink(Path.Combine(Allowed, "folder"), Outside);
        _database = Database.Open(new DatabaseOptions { TempDirectory = Path.Combine(_root, "temp"), MemoryLimitBytes = 512L << 20 });
        _connection = _database.Connect();
        _database.Seal([Allowed], [Path.Combine(_root, "single.csv")]);
    }

    private string Allowed => Path.Combine(_root, "allowed");

    private string Outside => Path.Combine(_root, "outside");

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("FROM 'ALLOWED/a.csv'")]
    [InlineData("FROM read_csv('ALLOWED/./a*.csv')")]
    [InlineData("FROM 'ROOT/single.csv'")]
    [InlineData("COPY (SELECT 1 AS x) TO 'ALLOWED/out.parquet'")]
    [InlineData("COPY (SELECT 1 AS x, 2 AS y) TO 'ALLOWED/parts' (FORMAT parquet, PARTITION_BY x)")]
    [InlineData("SET VARIABLE x = 1")]
    [InlineData("CREATE TABLE t AS SELECT 1 AS x")]
    public void What_is_allowed_works(string sql) => _connection.Execute(InPlace(sql));

    [Theory]
    [InlineData("FROM 'OUTSIDE/secret.csv'")]
    [InlineData("FROM read_text('OUTSIDE/secret.csv')")]
    [InlineData("FROM read_blob('OUTSIDE/*')")]
    [InlineData("FROM read_text('/etc/passwd')")]
    [InlineData("FROM read_text('file:///etc/passwd')")]
    [InlineData("FROM read_text('/proc/self/environ')")]
    [InlineData("FROM glob('OUTSIDE/*')")]
    [InlineData("FROM sniff_csv('OUTSIDE/secret.csv')")]
    [InlineData("FROM parquet_metadata('OUTSIDE/secret.csv')")]
    [InlineData("FROM 'ALLOWED/../outside/secret.csv'")]
    [InlineData("FROM 'ALLOWED/none/../../outside/secret.csv'")]
    [InlineData("FROM read_csv('ALLOWED/../outside/*.csv')")]
    [InlineData("FROM 'ALLOWEDx/secret.csv'")]
    [InlineData("FROM 'ALLOWED/link.csv'")]
    [InlineData("FROM 'ALLOWED/folder/secret.csv'")]
    [InlineData("FROM read_csv('ALLOWED/folder/*.csv')")]
    [InlineData("COPY (SELECT 1) TO 'OUTSIDE/o.csv'")]
    [InlineData("COPY (SELECT 1) TO 'ALLOWED/../outside/o.csv'")]
    [InlineData("COPY (SELECT 1) TO 'ALLOWED/folder/o.csv'")]
    [InlineData("COPY (SELECT 1) TO 'relative.csv'")]
    [InlineData("COPY (SELECT 1) TO '/dev/stdout'")]
    [InlineData("EXPORT DATABASE 'OUTSIDE/export'")]
    [InlineData("PRAGMA import_database('OUTSIDE')")]
    [InlineData("ATTACH 'OUTSIDE/other.db'")]
    [InlineData("FROM read_duckdb('OUTSIDE/other.db')")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD httpfs")]
    [InlineData("LOAD 'ALLOWED/x.duckdb_extension'")]
    [InlineData("FROM 'http://localhost:9/x.csv'")]
    [InlineData("FROM 's3://bucket/x.parquet'")]
    [InlineData("CREATE SECRET (TYPE http, BEARER_TOKEN 'x')")]
    public void Nothing_else_is_reached(string sql)
    {
        var error = Assert.Throws<EngineException>(() => _connection.Execute(InPlace(sql)));
        Assert.Equal(EngineErrorKind.Permission, error.Kind);
        Assert.Single(Directory.GetFileSystemEntries(Outside));
    }

    [Theory]
    [InlineData("SET threads = 1")]
    [InlineData("SET GLOBAL memory_limit = '10GB'")]
    [InlineData("SET enable_external_access = true")]
    [InlineData("SET lock_configuration = false")]
    [InlineData("RESET lock_configuration")]
    [InlineData("SET allowed_directories = ['/']")]
    [InlineData("SET allowed_configs = ['threads']")]
    [InlineData("SET temp_directory = '/tmp'")]
    [InlineData("SET autoinstall_known_extensions = true")]
    [InlineData("SET errors_as_json = false")]
    [InlineData("SET TimeZone = 'UTC'")]
    [InlineData("PRAGMA threads = 4")]
    [InlineData("SET SESSION profiling_output = 'ROOT/profile.json'")]
    public void No_setting_changes(string sql)
    {
        var error = Assert.Throws<EngineException>(() => _connection.Execute(InPlace(sql)));
        Assert.Contains("locked", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_is_out_of_reach() => Assert.Throws<EngineException>(() => _connection.Execute("SELECT getenv('HOME')"));

    [Fact]
    public void What_a_function_would_write_elsewhere_is_not_written()
    {
        using (var other = _database.Connect())
        {
            other.Execute(InPlace("FROM enable_profiling(format := 'json', save_location := 'OUTSIDE/profile.json')"));
            Assert.Throws<EngineException>(() => other.Execute("SELECT 1"));
        }
        Assert.Single(Directory.GetFileSystemEntries(Outside));
    }

    [Fact]
    public void Data_larger_than_memory_still_goes_to_the_temporary_folder()
    {
        using var database = Database.Open(
            new DatabaseOptions
            {
                TempDirectory = Path.Combine(_root, "spill"),
                MemoryLimitBytes = 100L << 20,
                Threads = 2,
            }
        );
        using var connection = database.Connect();
        database.Seal([], []);
        connection.Execute("CREATE TABLE t AS SELECT i, repeat('x', 50) || i AS text FROM range(4000000) r(i)");
        Assert.True(Directory.EnumerateFiles(Path.Combine(_root, "spill")).Any());
        using var result = connection.Query("SELECT count(DISTINCT text) FROM t WHERE i % 40 = 0");
        Assert.Equal(100_000, result.Scalar<int>());
    }

    [Fact]
    public void A_connection_made_later_is_sealed_too()
    {
        using var later = _database.Connect();
        Assert.Throws<EngineException>(() => later.Execute(InPlace("FROM 'OUTSIDE/secret.csv'")));
        later.Execute(InPlace("FROM 'ALLOWED/a.csv'"));
        Assert.Equal(EngineErrorKind.Binder, Assert.Throws<EngineException>(() => later.Execute("SELECT nope FROM range(1)")).Kind);
    }

    [Fact]
    public void A_seal_is_not_broken_by_another() => Assert.Throws<EngineException>(() => _database.Seal(["/"], []));

    [Fact]
    public void A_sealed_database_takes_readers_and_functions()
    {
        using var reader = new GeneratedReader(100);
        _connection.Execute($"CREATE TABLE r AS FROM {_connection.RegisterReader(reader)}()");
        using var result = _connection.Query("SELECT count(*) FROM r");
        Assert.Equal(100, result.Scalar<int>());
    }

    [Fact]
    public void Folder_names_are_taken_as_they_are()
    {
        var odd = Path.Combine(_root, "it's [odd], \"so\"");
        Directory.CreateDirectory(odd);
        File.WriteAllText(Path.Combine(odd, "a.txt"), "x");
        using var database = Database.Open();
        using var connection = database.Connect();
        database.Seal([odd], []);
        connection.Execute($"COPY (SELECT 1 AS x) TO {Sql.Literal(Path.Combine(odd, "b.csv"))}");
        Assert.True(File.Exists(Path.Combine(odd, "b.csv")));
    }

    private string InPlace(string sql) =>
        sql.Replace("ALLOWED", Allowed, StringComparison.Ordinal)
            .Replace("OUTSIDE", Outside, StringComparison.Ordinal)
            .Replace("ROOT", _root, StringComparison.Ordinal);
}
