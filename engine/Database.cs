using System.Globalization;
using System.Runtime.InteropServices;
using ServerlessHub.Engine.Native;

namespace ServerlessHub.Engine;

/// <summary>A DuckDB database in this process. Connections made from it may be used from different threads, each by one at a time.</summary>
public sealed class Database : IDisposable
{
    private readonly DatabaseHandle _handle;
    private bool _sealed;

    private Database(DatabaseHandle handle) => _handle = handle;

    /// <summary>The version of the DuckDB that runs here, such as <c>v1.5.6</c>.</summary>
    public static string Version => NativeApi.duckdb_library_version()!;

    /// <summary>Opens a database; one in memory if there are no options.</summary>
    /// <exception cref="EngineException">The file is no database, is in use by another process, or an option is refused.</exception>
    /// <exception cref="DllNotFoundException">DuckDB's library is missing.</exception>
    public static Database Open(DatabaseOptions? options = null)
    {
        using var config = Configure(options ?? new DatabaseOptions());
        var state = NativeApi.duckdb_open_ext(options?.Path, out var handle, config, out var error);
        if (state == State.Success)
            return new Database(handle);

        var message = Marshal.PtrToStringUTF8(error);
        NativeApi.duckdb_free(error);
        handle.Dispose();
        throw EngineErrors.Create(message);
    }

    /// <summary>
    /// Makes a connection. One made after <see cref="Seal"/> reports no <see cref="Connection.Progress"/> and cannot profile, since it can
    /// change no setting any more.
    /// </summary>
    /// <exception cref="EngineException">DuckDB refuses.</exception>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    public Connection Connect()
    {
        if (NativeApi.duckdb_connect(_handle, out var handle) != State.Success)
        {
            handle.Dispose();
            throw new EngineException(EngineErrorKind.Connection, "DuckDB makes no further connection to this database.");
        }

        var connection = new Connection(handle);
        if (!_sealed)
            connection.Execute("SET enable_progress_bar_print = false; SET enable_progress_bar = true");
        return connection;
    }

    /// <summary>
    /// Closes the database in for good: SQL reaches only the folders and files named here (and the temporary folder), no network, no other
    /// database and no extension, and changes no setting. DuckDB follows links, so the caller resolves links in what SQL may name.
    /// </summary>
    /// <param name="allowedDirectories">Folders, with everything below them, that may be read and written.</param>
    /// <param name="allowedPaths">Single files that may be read and written.</param>
    /// <exception cref="EngineException">DuckDB refuses a path, or the database is sealed already.</exception>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    public void Seal(IEnumerable<string> allowedDirectories, IEnumerable<string> allowedPaths)
    {
        using var connection = Connect();
        connection.Execute(
            $"""
            SET allowed_directories = {List(allowedDirectories)};
            SET allowed_paths = {List(allowedPaths)};
            SET enable_external_access = false;
            SET lock_configuration = true;
            """
        );
        _sealed = true;
    }

    /// <summary>Closes the database once its last connection is closed.</summary>
    public void Dispose() => _handle.Dispose();

    private static string List(IEnumerable<string> paths) => $"[{string.Join(", ", paths.Select(Sql.Literal))}]::VARCHAR[]";

    private static ConfigHandle Configure(DatabaseOptions options)
    {
        if (NativeApi.duckdb_create_config(out var config) != State.Success)
            throw new EngineException(EngineErrorKind.OutOfMemory, "DuckDB makes no configuration.");

        Set(config, "errors_as_json", "true");
        // Extensions come from the network; what this product needs is built in.
        Set(config, "autoinstall_known_extensions", "false");
        Set(config, "autoload_known_extensions", "false");
        // It loses columns of a join above it (DuckDB 1.5.6: "Failed to bind column reference"), and wins nothing for one row of each group.
        Set(config, "disabled_optimizers", "top_n_window_elimination");
        Set(config, "threads", options.Threads?.ToString(CultureInfo.InvariantCulture));
        Set(
            config,
            "memory_limit",
            options.MemoryLimitBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes}B") : null
        );
        Set(config, "temp_directory", options.TempDirectory);
        return config;
    }

    private static void Set(ConfigHandle config, string name, string? value)
    {
        if (value is not null && NativeApi.duckdb_set_config(config, name, value) != State.Success)
            throw new EngineException(EngineErrorKind.InvalidConfiguration, $"DuckDB does not take '{value}' as {name}.");
    }
}
