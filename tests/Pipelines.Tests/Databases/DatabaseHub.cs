using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Tests.Running;

namespace ServerlessHub.Pipelines.Tests.Databases;

/// <summary>A hub root whose pipelines reach databases: the connection <c>db</c> is the one under test.</summary>
internal sealed class DatabaseHub : IDisposable
{
    private static readonly DocumentAddress Address = new("crm", "staging", "p");
    private readonly TemporaryHub hub = new();
    private readonly string revision = Guid.NewGuid().ToString("N");

    /// <summary>A hub whose connection <c>db</c> leads to this address.</summary>
    public DatabaseHub(string jdbcUrl, string? user = null, string? password = null) => Connect("db", jdbcUrl, user, password);

    public HubRoot Root => hub.Root;

    public string Write(string path, string content) => hub.Write(path, content);

    /// <summary>Writes a connection down.</summary>
    public void Connect(string name, string jdbcUrl, string? user = null, string? password = null) =>
        hub.Write(
            $"config/common/resources/{name}.json",
            JsonSerializer.Serialize(
                new
                {
                    jdbcUrl,
                    user,
                    password,
                }
            )
        );

    /// <summary>Makes <c>landing/rows.parquet</c> of a query.</summary>
    public void Rows(string sql)
    {
        Directory.CreateDirectory(Path.Combine(Root.Path, "landing"));
        using var database = Database.Open();
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        connection.Execute($"COPY ({sql}) TO {Sql.Literal(Path.Combine(Root.Path, "landing", "rows.parquet"))} (FORMAT parquet)");
    }

    /// <summary>Runs a pipeline of sources and targets.</summary>
    public RunReport Run(string sources, string targets, string? runId = null, string parameters = "", string steps = "") =>
        new PipelineRunner(Root, new RunOptions { Threads = 1 }, TimeProvider.System).Run(
            new RunRequest(Document(sources, targets, parameters, steps)) { RunId = runId }
        );

    /// <summary>Runs a pipeline, which must succeed.</summary>
    public RunReport MustRun(string sources, string targets, string? runId = null, string parameters = "", string steps = "")
    {
        var report = Run(sources, targets, runId, parameters, steps);
        Assert.True(report.Status == RunStatus.Succeeded, $"{report.Error} {report.Hint}");
        return report;
    }

    /// <summary>What is found wrong with a pipeline that is not run.</summary>
    public Diagnostics Validate(string sources, string targets)
    {
        using var validator = new PipelineValidator(Root, TimeProvider.System);
        return validator.Validate(Document(sources, targets, "", "")).Findings;
    }

    /// <summary>The rows that a Parquet target of a pipeline wrote.</summary>
    public IReadOnlyList<object?[]> Read(string path, string columns = "*", string order = "ALL")
    {
        using var database = Database.Open();
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        var files = Path.Combine(Root.Path, "data/applications/crm", path);
        using var result = connection.Query($"SELECT {columns} FROM read_parquet({Sql.Literal(files)}) ORDER BY {order}");
        return [.. result.Rows()];
    }

    public void Dispose() => hub.Dispose();

    internal DocumentFile Document(string sources, string targets, string parameters = "", string steps = "")
    {
        var transformations = steps.Length == 0 ? "" : $"<transformations>{steps}</transformations>";
        var given = parameters.Length == 0 ? "" : $"<parameters>{parameters}</parameters>";
        var text =
            $"""<pipeline id="p" version="1.0" layer="staging">{given}<sources>{sources}</sources>{transformations}<targets>{targets}</targets></pipeline>""";
        return new DocumentFile(Address, "p.xml", text, revision);
    }
}
