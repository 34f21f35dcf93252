using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Running;

/// <summary>The engine of one run: its own database with a memory and thread budget, sealed to what the run may read and write.</summary>
internal sealed class RunEngine : IDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private readonly Database database;
    private readonly IProgress<RunEvent>? watcher;

    public RunEngine(RunOptions options, string workFolder, IProgress<RunEvent>? watcher)
    {
        this.watcher = watcher;
        var spill = Directory.CreateDirectory(Path.Combine(workFolder, "spill")).FullName;
        database = Database.Open(EngineBudget.Options(options.MemoryLimitBytes, options.Threads, spill));
        Connection = database.Connect();
        Connection.Execute("SET TimeZone = 'UTC'");
        Connection.IsProfiling = true;
    }

    /// <summary>The connection all statements of the run go through.</summary>
    public Connection Connection { get; }

    /// <summary>Closes the engine in: from here on it reads and writes nothing but these places, and no setting changes.</summary>
    public void Seal(IEnumerable<OpenedSource> sources, IReadOnlyCollection<OpenedTarget> targets, string workFolder)
    {
        var folders = targets.SelectMany(t => t.Paths).ToArray();
        // What lies in a folder is allowed with it, but the folder itself, which a COPY of many files names, is a path of its own.
        database.Seal([workFolder, .. folders], [.. sources.SelectMany(s => s.ReadPaths), .. folders]);
    }

    /// <summary>Runs something while whoever watches is told how far it is.</summary>
    public void Watch(Action work)
    {
        if (watcher is null)
        {
            work();
            return;
        }
        using var timer = new Timer(
            _ => watcher.Report(new StageProgress(Connection.Progress.Percentage)),
            null,
            ProgressInterval,
            ProgressInterval
        );
        work();
        timer.Change(Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Computes a dataset into its temporary table.</summary>
    public void Materialize(Materialization statement, CancellationToken cancellation) =>
        Watch(() => Connection.Execute($"CREATE TEMP TABLE {PlanCompiler.TableName(statement.Dataset)} AS\n{statement.Sql}", cancellation));

    public void Dispose()
    {
        Connection.Dispose();
        database.Dispose();
    }
}
