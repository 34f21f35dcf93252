#if HUB_FULL
using MySqlConnector;

namespace ServerlessHub.Tests.Shared;

/// <summary>A real MariaDB server of the tests' own.</summary>
internal sealed class MariaDbServer : DatabaseServer
{
    private static readonly Lazy<MariaDbServer> SharedServer = new(Start);

    private int _databases;

    private MariaDbServer()
        // The account nobody; its group has another name here and there.
        : base("MariaDB", "65534") { }

    /// <summary>The server of this test assembly, started by whoever needs it first. A test that stops its server starts one of its own.</summary>
    public static MariaDbServer Shared => SharedServer.Value;

    /// <inheritdoc/>
    protected override string CrashSignal => "KILL";

    /// <inheritdoc/>
    protected override string Ready => "ready for connections";

    /// <inheritdoc/>
    protected override string PortIsTaken => "Can't start server: Bind on TCP/IP port";

    private string Users => Path.Combine(Folder, "users.sql");

    /// <summary>Makes a new server with an empty data folder and starts it.</summary>
    public static MariaDbServer Start() => Start(new MariaDbServer());

    /// <summary>The connection string of a database.</summary>
    public string ConnectionString(string database = "mysql") =>
        new MySqlConnectionStringBuilder
        {
            Server = "127.0.0.1",
            Port = (uint)Port,
            UserID = User,
            Password = Password,
            Database = database,
            Pooling = false,
            AllowUserVariables = true,
        }.ConnectionString;

    /// <summary>The address of a database as a pipeline has it, without user and password.</summary>
    public string JdbcUrl(string database = "mysql", string vendor = "mariadb") => $"jdbc:{vendor}://127.0.0.1:{Port}/{database}";

    /// <summary>Makes an empty database and returns its name; so tests that run side by side do not meet.</summary>
    public string CreateDatabase()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        Execute("mysql", $"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>Runs statements in a database.</summary>
    public void Execute(string database, string sql)
    {
        using var connection = new MySqlConnection(ConnectionString(database));
        connection.Open();
        using var command = new MySqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of a query's first row.</summary>
    public object? Scalar(string database, string sql)
    {
        using var connection = new MySqlConnection(ConnectionString(database));
        connection.Open();
        using var command = new MySqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    /// <inheritdoc/>
    protected override string[] Arguments(int port) =>
        [
            Find("mariadbd"),
            "--no-defaults",
            $"--datadir={Data}",
            $"--port={port}",
            "--bind-address=127.0.0.1",
            $"--socket={Path.Combine(Folder, "socket")}",
            $"--pid-file={Path.Combine(Folder, "pid")}",
            $"--init-file={Users}",
            "--skip-name-resolve",
            "--local-infile=ON",
            // What is committed has left the process, which is all that a crash of it needs.
            "--innodb-flush-log-at-trx-commit=2",
            "--innodb-buffer-pool-size=64M",
        ];

    /// <inheritdoc/>
    protected override void Initialise()
    {
        var password = Password.Replace("'", "''", StringComparison.Ordinal);
        File.WriteAllText(
            Users,
            $"CREATE USER IF NOT EXISTS '{User}'@'%' IDENTIFIED BY '{password}';\nGRANT ALL ON *.* TO '{User}'@'%' WITH GRANT OPTION;\n"
        );
        Run(
            Command(
                Find("mariadb-install-db"),
                "--no-defaults",
                $"--datadir={Data}",
                "--auth-root-authentication-method=normal",
                "--skip-name-resolve",
                "--skip-test-db"
            )
        );
    }

    /// <summary>A program on the path, or where Debian and Homebrew put it.</summary>
    private static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Concat(["/usr/sbin", "/opt/homebrew/opt/mariadb/bin", "/usr/local/opt/mariadb/bin"])
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"MariaDB's '{program}' was not found; ./eng/test installs it with the full package set.");
}
#endif
