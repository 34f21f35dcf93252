using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Tests.Running;

namespace ServerlessHub.Pipelines.Tests.Connectors;

/// <summary>The first target of a document, opened as a run opens it, so that a test can stop at any point of it: an abandoned one is a process that died.</summary>
internal sealed class TargetRun : IDisposable
{
    private readonly PipelineValidator validator;
    private readonly Database database = Database.Open();
    private readonly Connection connection;
    private readonly IReadOnlyList<Column> columns;

    public TargetRun(PipelineHub hub, DocumentFile document, string runId)
    {
        validator = new PipelineValidator(hub.Root, hub.Time);
        var validation = validator.Validate(document, new Dictionary<string, string>(), new RunIdentity(runId, 1, hub.Time.Now));
        Assert.False(validation.Findings.HasErrors, string.Join('\n', validation.Findings));
        var context = validation.ForRun(runId, hub.Outside, SourceState.Load(hub.Root, document.Address));
        var target = validation.Bound!.Targets[0];
        columns = target.Dataset.Columns;
        connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        Opened = target.Kind.Open(target, context);
    }

    public OpenedTarget Opened { get; }

    /// <summary>Stages rows given as SQL values of the dataset's columns.</summary>
    public TargetRun Stage(string values)
    {
        var items = columns.Select((c, i) => $"CAST(col{i} AS {c.Type}) AS {Sql.Identifier(c.Name)}");
        Opened.Stage(connection, $"SELECT {string.Join(", ", items)} FROM (VALUES {values})", columns, default);
        return this;
    }

    /// <summary>Commits what was staged.</summary>
    public WriteOutcome Commit() => Opened.Commit(default);

    public void Dispose()
    {
        Opened.Dispose();
        connection.Dispose();
        database.Dispose();
        validator.Dispose();
    }
}
