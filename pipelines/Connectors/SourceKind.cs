using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>
/// A kind of source. One file holds all there is to it: its declaration, how its columns are found without reading its rows, and how it is opened for a run.
/// </summary>
public abstract class SourceKind
{
    /// <summary>Attributes every source has.</summary>
    public static IReadOnlyList<AttributeSpec> CommonAttributes { get; } =
    [
        new("id", AttributeKind.Name, "The name by which steps and targets refer to it.") { Required = true },
        new(
            "loadPolicy",
            AttributeKind.Choice,
            "`eager` materialises it once before anything else; `onDemand` reads lazily, and only the columns that are used."
        )
        {
            Choices = ["eager", "onDemand"],
            Default = "onDemand",
        },
        new("schemaRef", AttributeKind.Schema, "The schema its rows must have: Avro (`.avsc`) or JSON Schema.") { OrChild = true },
        new(
            "onDrift",
            AttributeKind.Choice,
            "What happens when it no longer fits its schema: the run fails, warns and goes by the schema, or takes new columns along."
        )
        {
            Choices = ["fail", "warn", "evolve"],
            Default = "fail",
        },
    ];

    /// <summary>Its declaration.</summary>
    public abstract ElementSpec Spec { get; }

    /// <summary>
    /// Finds its columns without reading its rows: from its schema, else from its header, its own schema or its catalogue. Reports what is
    /// wrong; returns null when they cannot be known, after saying why.
    /// </summary>
    protected internal abstract IReadOnlyList<Column>? Describe(Element source, ConnectorContext context);

    /// <summary>Opens it for a run. Called after <see cref="Describe"/> in the same run, only for a source that a target needs.</summary>
    /// <param name="source">Its element, or the element of the step that brings it along.</param>
    /// <param name="columns">What <see cref="Describe"/> found.</param>
    /// <param name="context">The run.</param>
    /// <exception cref="RunException">It cannot be read, with what to do about it.</exception>
    protected internal abstract OpenedSource Open(Element source, IReadOnlyList<Column> columns, RunContext context);
}

/// <summary>A source that was opened for one run.</summary>
public abstract class OpenedSource : IDisposable
{
    /// <summary>What the engine may read for it; the run's sandbox is set to just that.</summary>
    public virtual IReadOnlyList<string> ReadPaths => [];

    /// <summary>The number of files it consists of, 0 where it is none.</summary>
    public virtual int Files => 0;

    /// <summary>Its size in bytes as stored, or null where that is not known before it is read.</summary>
    public virtual long? Bytes => null;

    /// <summary>Whether it can be read only once, as a stream of rows from a database; it is materialised when more than one reader needs it.</summary>
    public virtual bool IsSinglePass => false;

    /// <summary>Whether reading it twice costs little more than once (columnar files), so that it is not materialised to be shared.</summary>
    public virtual bool IsCheapToReread => false;

    /// <summary>
    /// Columns that give the order of its rows, if it has them for nothing (a file's index and row number). They are selected under names the
    /// dialect chooses. Empty where order costs something; it is then materialised where order matters.
    /// </summary>
    public virtual IReadOnlyList<string> OrderColumns => [];

    /// <summary>
    /// A column whose values are asked for once more when all is read, whether or not anything else needs it; the source is then materialised. Null
    /// where there is none.
    /// </summary>
    public virtual string? KeptColumn => null;

    /// <summary>The table function it is read through, where it registers one of its own; null otherwise.</summary>
    public virtual string? FunctionName => null;

    /// <summary>Prepares the connection that will read it: registers a reader, loads nothing.</summary>
    public virtual void Attach(Connection connection) { }

    /// <summary>The SQL of a relation with at least these columns under their own names, to stand after FROM, alias included: <c>read_csv(…) AS s</c>, <c>(SELECT …) AS s</c>.</summary>
    public abstract string Relation(IReadOnlyList<Column> columns);

    /// <summary>What came of reading it, after all statements that read it have run: rejected rows and the like.</summary>
    public virtual ReadOutcome Finish(Connection connection) => ReadOutcome.Clean;

    /// <summary>What an error of a statement that read it means, if it comes from here and more can be said than the engine does; null otherwise.</summary>
    public virtual RunException? Explain(EngineException error, Connection connection, CancellationToken cancellation) => null;

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>What came of reading a source.</summary>
/// <param name="RejectedRows">The rows that could not be read.</param>
/// <param name="RejectsSql">A query over the run's connection that gives them: <c>file, line, text, reason</c>; null when there are none to keep.</param>
public sealed record ReadOutcome(long RejectedRows, string? RejectsSql)
{
    /// <summary>Every row was read.</summary>
    public static ReadOutcome Clean { get; } = new(0, null);
}
