using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>
/// A kind of target. Writing has two phases: every target of a run is staged before the first is committed, so that a run that fails while it
/// computes leaves nothing behind.
/// </summary>
public abstract class TargetKind
{
    /// <summary>Attributes every target has.</summary>
    public static IReadOnlyList<AttributeSpec> CommonAttributes { get; } =
    [
        new("id", AttributeKind.Name, "Names the target in reports; without it, its element and place do."),
        new("source", AttributeKind.Dataset, "The dataset it writes; without it, the one bound last."),
        new("schemaRef", AttributeKind.Schema, "The schema that what is written must fit: Avro (`.avsc`) or JSON Schema.")
        {
            OrChild = true,
        },
    ];

    /// <summary>Its declaration.</summary>
    public abstract ElementSpec Spec { get; }

    /// <summary>Checks an element of this kind against the dataset it would write and, where it can be reached, against what is there already. Reports what is wrong.</summary>
    protected internal abstract void Check(Element target, Dataset dataset, ConnectorContext context);

    /// <summary>The place it writes, for the report and to find two targets that would overwrite one: <c>table app.layer.name</c>, a path, a database's table.</summary>
    protected internal abstract string Place(Element target, ConnectorContext context);

    /// <summary>Whether an element of this kind keeps rows that a source could not read, beside what it writes.</summary>
    protected internal virtual bool KeepsRejects(Element target) => false;

    /// <summary>Prepares to write: what the sandbox must allow, what was committed already.</summary>
    /// <exception cref="RunException">It cannot be written, with what to do about it.</exception>
    protected internal abstract OpenedTarget Open(BoundTarget target, RunContext context);
}

/// <summary>A target that was opened for one run.</summary>
public abstract class OpenedTarget : IDisposable
{
    /// <summary>The folders the engine writes to, or reads from to merge.</summary>
    public virtual IReadOnlyList<string> Paths => [];

    /// <summary>Whether this run has already committed it, so that it is left alone.</summary>
    public abstract bool IsCommitted { get; }

    /// <summary>Phase one: computes and writes aside; nothing becomes visible.</summary>
    /// <param name="connection">The run's engine.</param>
    /// <param name="sql">The query whose rows are written, ordered where order matters.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="RunException">It failed for a reason the user can act on.</exception>
    public abstract void Stage(Connection connection, string sql, IReadOnlyList<Column> columns, CancellationToken cancellation);

    /// <summary>Whether it keeps rows that a source could not read, beside what it writes.</summary>
    public virtual bool TakesRejects => false;

    /// <summary>Stages rows that a source could not read for <c>&lt;table&gt;_quarantine</c>; they are committed with the target. Only where <see cref="TakesRejects"/>.</summary>
    /// <param name="connection">The run's engine.</param>
    /// <param name="sql">A query that gives <c>file, line, text, reason</c>.</param>
    /// <param name="cancellation">Stops it.</param>
    public virtual void StageRejects(Connection connection, string sql, CancellationToken cancellation) =>
        throw new NotSupportedException("This target keeps no rejected rows.");

    /// <summary>Phase two: makes what was staged visible, at once and for good. Doing it again finds it done.</summary>
    public abstract WriteOutcome Commit(CancellationToken cancellation);

    /// <summary>Removes what was staged and not committed.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>What was written.</summary>
/// <param name="Rows">Rows written.</param>
/// <param name="Bytes">Bytes stored, 0 where that is not known.</param>
/// <param name="Files">Files written, 0 where it is none.</param>
/// <param name="Version">The table's version after it, or null where there is none.</param>
/// <param name="AlreadyCommitted">Whether an earlier attempt of this run had committed it.</param>
public sealed record WriteOutcome(long Rows, long Bytes, int Files, long? Version, bool AlreadyCommitted)
{
    /// <summary>Rows by what happened to them (<c>inserted</c>, <c>updated</c>, <c>deleted</c>), for targets that tell.</summary>
    public IReadOnlyDictionary<string, long> Detail { get; init; } = new Dictionary<string, long>();

    /// <summary>What could not be done after the commit, such as a checkpoint of a table; a sentence each. The rows are written.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
