using Npgsql;

namespace ServerlessHub.Tests.Shared;

/// <summary>A real PostgreSQL server of the tests' own, which asks for the password (SCRAM).</summary>
internal sealed class PostgresServer : DatabaseServer
{
    private static readonly Lazy<PostgresServer> SharedServer = new(Start);

    private readonly string _binaries = FindBinaries();
    private int _databases;

    private PostgresServer()
        : base("PostgreSQL", "postgres") { }

    /// <summary>The server of this test assembly, started by whoever needs it first. A test that stops its server starts one of its own.</summary>
    public static PostgresServer Shared => SharedServer.Value;

    /// <inheritdoc/>
    protected override string CrashSignal => "QUIT";

    /// <inheritdoc/>
    protected override string Ready => "database system is ready to accept connections";

    /// <inheritdoc/>
    protected override string PortIsTaken => "could not bind";

    /// <summary>Makes a new server with an empty data folder and starts it.</summary>
    public static PostgresServer Start() => Start(new PostgresServer());

    /// <summary>The Npgsql connection string of a database.</summary>
    public string ConnectionString(string database = "postgres") =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = User,
            Password = Password,
            Database = database,
            Pooling = false,
        }.ConnectionString;

    /// <summary>The address of a database as a pipeline has it, without user and password.</summary>
    public string JdbcUrl(string database = "postgres") => $"jdbc:postgresql://127.0.0.1:{Port}/{database}";

    /// <summary>Makes an empty database and returns its name; so tests that run side by side do not meet.</summary>
    public string CreateDatabase()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        Execute("postgres", $"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>Runs statements in a database.</summary>
    public void Execute(string database, string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString(database));
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of a query's first row.</summary>
    public object? Scalar(string database, string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString(database));
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    /// <inheritdoc/>
    protected override string[] Arguments(int port) =>
        [
            Path.Combine(_binaries, "postgres"),
            "-D",
            Data,
            "-p",
            $"{port}",
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "fsync=off",
            "-c",
            "max_connections=50",
        ];

    /// <inheritdoc/>
    protected override void Initialise()
    {
        var password = Path.Combine(Folder, "password");
        File.WriteAllText(password, Password);
        string[] options =
        [
            "-D",
            Data,
            "-U",
            User,
            "-E",
            "UTF8",
            "--locale=C",
            "--auth=scram-sha-256",
            $"--pwfile={password}",
            "--no-sync",
        ];
        Run(Command(Path.Combine(_binaries, "initdb"), options));
    }

    /// <summary>The folder of <c>initdb</c> and <c>postgres</c>: on the path, or where Debian and Homebrew put them, newest first.</summary>
    private static string FindBinaries()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string[] packaged =
        [
            .. Versions("/usr/lib/postgresql", "*"),
            .. Versions("/opt/homebrew/opt", "postgresql*"),
            .. Versions("/usr/local/opt", "postgresql*"),
        ];
        return onPath
                .Concat(packaged)
                .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
            ?? throw new InvalidOperationException("PostgreSQL's 'initdb' was not found; ./eng/test installs it.");
    }

    private static IEnumerable<string> Versions(string parent, string pattern) =>
        Directory.Exists(parent)
            ? Directory
                .EnumerateDirectories(parent, pattern)
                .OrderDescending(StringComparer.Ordinal)
                .Select(version => Path.Combine(version, "bin"))
            : [];
}
