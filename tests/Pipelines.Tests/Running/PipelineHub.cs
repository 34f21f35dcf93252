using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Tests.Running;

/// <summary>A hub root with pipelines of the application <c>crm</c> that can be validated and run.</summary>
internal sealed class PipelineHub : IDisposable
{
    private readonly TemporaryHub hub = new();
    private readonly Database database = Database.Open();
    private readonly Connection connection;

    public PipelineHub()
    {
        connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
    }

    public HubRoot Root => hub.Root;

    public string Outside => hub.Outside;

    /// <summary>The time that runs begin at.</summary>
    public FixedTime Time { get; } = new();

    public string Write(string path, string content) => hub.Write(path, content);

    public string Write(string path, byte[] content) => hub.Write(path, content);

    /// <summary>Makes a document of sources, steps and targets: <c>crm/staging/load</c> unless it is named otherwise.</summary>
    public DocumentFile Pipeline(string sources, string steps, string targets, string id = "load")
    {
        var transformations = steps.Length == 0 ? "" : $"<transformations>{steps}</transformations>";
        hub.Write(
            $"config/applications/crm/staging/pipelines/{id}.xml",
            $"""
            <pipeline id="{id}" version="1.0" layer="staging">
            <sources>{sources}</sources>
            {transformations}
            <targets>{targets}</targets>
            </pipeline>
            """
        );
        var findings = new Diagnostics();
        return DocumentFile.Read(Root, Root.Document(DocumentKind.Pipeline, id), findings)
            ?? throw new InvalidOperationException(string.Join('\n', findings));
    }

    /// <summary>What validation finds.</summary>
    public Diagnostics Validate(DocumentFile document)
    {
        using var validator = new PipelineValidator(Root, Time);
        return validator.Validate(document).Findings;
    }

    /// <summary>Runs a document.</summary>
    public RunReport Run(DocumentFile document, string? runId = null) =>
        new PipelineRunner(Root, new RunOptions { Threads = 2 }, Time).Run(new RunRequest(document) { RunId = runId });

    /// <summary>Runs a document that is to succeed.</summary>
    public RunReport Succeeds(DocumentFile document, string? runId = null)
    {
        var report = Run(document, runId);
        Assert.True(report.Status == RunStatus.Succeeded, report.Error + "; " + report.Hint);
        return report;
    }

    /// <summary>Runs a document that is to fail.</summary>
    public RunReport Fails(DocumentFile document)
    {
        var report = Run(document);
        Assert.Equal(RunStatus.Failed, report.Status);
        return report;
    }

    /// <summary>The rows of a table of the application.</summary>
    public List<object?[]> Table(string name, string columns = "*", string orderBy = "ALL")
    {
        var table = new DeltaTable(new LocalStorage(Root.Path), TableName.Parse(name, "crm")!.Folder);
        using var scan = table.TryRead()!.Scan(connection);
        return Query($"SELECT {columns} FROM (\n{scan.Sql}\n) ORDER BY {orderBy}");
    }

    /// <summary>Whether a table of the application is there.</summary>
    public bool HasTable(string name) =>
        new DeltaTable(new LocalStorage(Root.Path), TableName.Parse(name, "crm")!.Folder).TryRead() is not null;

    /// <summary>The rows of any query, outside of every sandbox.</summary>
    public List<object?[]> Query(string sql)
    {
        using var result = connection.Query(sql);
        return [.. result.Rows()];
    }

    /// <summary>The path of something below the application's data.</summary>
    public string Data(string path) => Path.Combine(Root.Path, "data/applications/crm", path);

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
        hub.Dispose();
    }
}

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class FixedTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2024, 3, 1, 12, 30, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
