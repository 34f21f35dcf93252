using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ServerlessHub.Tests.Shared;

/// <summary>
/// A real database server of the tests' own, in a temporary folder and on a free port of the loopback address. It ends, and its folder goes,
/// with this process, however that ends.
/// </summary>
internal abstract class DatabaseServer(string name, string account) : IDisposable
{
    // A shell between the server and us reads our end of a pipe: a line asks it to stop the server with that signal, the pipe's end, which
    // even a killed process leaves behind, to stop it and clear up.
    private const string Keeper = """
        folder=$1; crash=$2; shift 2
        "$@" &
        exec >&- 2>&-
        if read -r signal; then kill -s "$signal" $!; wait $!; else kill -s "$crash" $!; wait $!; rm -rf "$folder"; fi
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string? _account = Environment.IsPrivilegedProcess ? account : null;
    private Process? _keeper;

    /// <summary>The superuser's name.</summary>
    public const string User = "hub";

    /// <summary>The superuser's password.</summary>
    public const string Password = "s3cret;'\" pass";

    /// <summary>The TCP port on 127.0.0.1; it stays the same through <see cref="Stop"/> and <see cref="Restart"/>.</summary>
    public int Port { get; private set; }

    /// <summary>The folder of this server alone.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("hub-database-").FullName;

    /// <summary>The folder of its data.</summary>
    protected string Data => Path.Combine(Folder, "data");

    /// <summary>The signal on which the server ends at once.</summary>
    protected abstract string CrashSignal { get; }

    /// <summary>What its log says when it accepts connections.</summary>
    protected abstract string Ready { get; }

    /// <summary>What its log says when its port is taken.</summary>
    protected abstract string PortIsTaken { get; }

    /// <summary>The program and its arguments.</summary>
    protected abstract string[] Arguments(int port);

    /// <summary>Makes the data folder.</summary>
    protected abstract void Initialise();

    /// <summary>Makes a new server's data and starts it.</summary>
    protected static T Start<T>(T server)
        where T : DatabaseServer
    {
        try
        {
            if (server._account is not null)
            {
                Run(server.Piped("chown", "-R", server._account, server.Folder));
            }
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

    /// <summary>Stops the server as a crash would: connections break at once, what was committed is there after <see cref="Restart"/>.</summary>
    public void Stop()
    {
        if (_keeper is null)
        {
            return;
        }
        _keeper.StandardInput.WriteLine(CrashSignal);
        if (!_keeper.WaitForExit(Patience))
        {
            throw new TimeoutException($"{name} does not stop.");
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
            if (Port != 0 || attempt == 5 || !log.Contains(PortIsTaken, StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{name} does not start:\n{log}");
            }
        }
    }

    /// <summary>Stops the server and removes its folder.</summary>
    public void Dispose()
    {
        Stop();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A command under an ordinary account: no database runs as root. (Unlike su, setpriv leaves no process that holds our pipes open.)</summary>
    protected ProcessStartInfo Command(string program, params string[] arguments) =>
        _account is null
            ? Piped(program, arguments)
            : Piped("setpriv", ["--reuid", _account, "--regid", _account, "--init-groups", program, .. arguments]);

    protected static void Run(ProcessStartInfo command)
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

    /// <summary>Starts the server and waits until it accepts connections; returns its log when it ended instead.</summary>
    private string? Launch(int port)
    {
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new List<string>();
        var keeper = new Process { StartInfo = Command("sh", ["-c", Keeper, "sh", Folder, CrashSignal, .. Arguments(port)]) };
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
            else if (line.Data.Contains(Ready, StringComparison.Ordinal))
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

    private ProcessStartInfo Piped(string program, params string[] arguments) =>
        new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
