using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ServerlessHub.Tests.Shared;

/// <summary>
/// A real PostgreSQL server of the tests' own, in a temporary folder and on a free port of the loopback address. It ends, and its folder goes,
/// with this process, however that ends.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    // A shell between the server and us reads our end of a pipe: a line asks it to stop the server with that signal, the pipe's end, which
    // even a killed process leaves behind, to stop it and clear up.
    private const string Keeper = """
        "$1/postgres" -D "$2" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=50 &
        exec >&- 2>&-
        if read -r signal; then kill -s "$signal" $!; wait $!; else kill -s QUIT $!; wait $!; rm -rf "$4"; fi
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly Lazy<PostgresServer> SharedServer = new(Start);

    private readonly string _binaries = FindBinaries();
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-postgres-").FullName;
    private readonly string? _account = Environment.IsPrivilegedProcess ? "postgres" : null;
    private Process? _keeper;
    private int _databases;

    private PostgresServer() { }

    /// <summary>The server of this test assembly, started by whoever needs it first. A test that stops its server starts one of its own.</summary>
    public static PostgresServer Shared => SharedServer.Value;

    /// <summary>The TCP port on 127.0.0.1; it stays the same through <see cref="Stop"/> and <see cref="Restart"/>.</summary>
    public int Port { get; private set; }

    /// <summary>The superuser's name.</summary>
    public const string User = "hub";

    /// <summary>The superuser's password, which the server asks for (SCRAM).</summary>
    public const string Password = "s3cret;'\" pass";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Makes a new server with an empty data folder and starts it.</summary>
    public static PostgresServer Start()
    {
        var server = new PostgresServer();
        try
        {
            server.Initialise();
            server.Restart();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

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

    /// <summary>Stops the server as a crash would: connections break at once, what was committed is there after <see cref="Restart"/>.</summary>
    public void Stop()
    {
        if (_keeper is null)
        {
            return;
        }
        _keeper.StandardInput.WriteLine("QUIT");
        if (!_keeper.WaitForExit(Patience))
        {
            throw new TimeoutException("PostgreSQL does not stop.");
        }
        _keeper.Dispose();
        _keeper = null;
    }

    /// <summary>Starts the server again after <see cref="Stop"/>, on the same port with the same data.</summary>
    public void Restart()
    {
        // Between finding a free port and taking it another process may be faster; once the port is known to clients it cannot change.
        for (var attempt = 1; ; attempt++)
        {
            var port = Port == 0 ? FreePort() : Port;
            var log = Launch(port);
            if (log is null)
            {
                Port = port;
                return;
            }
            if (Port != 0 || attempt == 5 || !log.Contains("could not bind", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"PostgreSQL does not start:\n{log}");
            }
        }
    }

    /// <summary>Stops the server and removes its folder.</summary>
    public void Dispose()
    {
        Stop();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the server and waits until it accepts connections; returns its log when it ended instead.</summary>
    private string? Launch(int port)
    {
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new List<string>();
        var keeper = new Process
        {
            StartInfo = Command("sh", "-c", Keeper, "sh", _binaries, Data, port.ToString(CultureInfo.InvariantCulture), _folder),
        };
        keeper.OutputDataReceived += (_, _) => { };
        keeper.ErrorDataReceived += (_, line) =>
        {
            lock (log)
            {
                log.Add(line.Data ?? "");
            }
            if (line.Data is null)
            {
                ready.TrySetResult(false);
            }
            else if (line.Data.Contains("database system is ready to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult(true);
            }
        };
        keeper.Start();
        keeper.BeginOutputReadLine();
        keeper.BeginErrorReadLine();
        _keeper = keeper;
        if (ready.Task.WaitAsync(Patience).GetAwaiter().GetResult())
        {
            return null;
        }
        Stop();
        lock (log)
        {
            return string.Join('\n', log);
        }
    }

    private void Initialise()
    {
        var password = Path.Combine(_folder, "password");
        File.WriteAllText(password, Password);
        if (_account is not null)
        {
            Run(Piped("chown", "-R", _account, _folder));
        }
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

    /// <summary>A command under an ordinary account: PostgreSQL refuses to run as root. (Unlike su, setpriv leaves no process that holds our pipes open.)</summary>
    private ProcessStartInfo Command(string program, params string[] arguments) =>
        _account is null
            ? Piped(program, arguments)
            : Piped("setpriv", ["--reuid", _account, "--regid", _account, "--init-groups", program, .. arguments]);

    private ProcessStartInfo Piped(string program, params string[] arguments) =>
        new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };

    private static void Run(ProcessStartInfo command)
    {
        using var process = Process.Start(command)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command.FileName} failed:\n{output.Result}{errors}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
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
