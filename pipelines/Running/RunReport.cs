using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Running;

/// <summary>How a run ended.</summary>
public enum RunStatus
{
    /// <summary>Every target is committed.</summary>
    Succeeded,

    /// <summary>It failed; nothing that was not committed is visible.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}

/// <summary>What a run did: the run's record, as it is kept and as it is shown.</summary>
public sealed record RunReport
{
    /// <summary>The run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>Which attempt of the run this was, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The application.</summary>
    public required string App { get; init; }

    /// <summary>The layer.</summary>
    public required string Layer { get; init; }

    /// <summary>The pipeline's id.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The document's version attribute.</summary>
    public required string Version { get; init; }

    /// <summary>The SHA-256 of the document's bytes, in hexadecimal: which revision ran.</summary>
    public required string Revision { get; init; }

    /// <summary>How it ended.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public double Seconds => (Ended - Started).TotalSeconds;

    /// <summary>The parameters it ran with, in text form.</summary>
    public IReadOnlyDictionary<string, string?> Parameters { get; init; } = new Dictionary<string, string?>();

    /// <summary>Its sources.</summary>
    public IReadOnlyList<SourceReport> Sources { get; init; } = [];

    /// <summary>Its datasets in the order of the document, with the rows that each step took in and gave.</summary>
    public IReadOnlyList<DatasetReport> Datasets { get; init; } = [];

    /// <summary>Its targets.</summary>
    public IReadOnlyList<TargetReport> Targets { get; init; } = [];

    /// <summary>Warnings and notes.</summary>
    public IReadOnlyList<Diagnostic> Findings { get; init; } = [];

    /// <summary>The run whose interrupted work this one finished first, or null.</summary>
    public string? Resumed { get; init; }

    /// <summary>What failed; null where nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>What to do about it; null where nothing failed or the error says it.</summary>
    public string? Hint { get; init; }

    /// <summary>Whether the cause lies in the machine or its surroundings, so that the same run may succeed later as it is; null where nothing failed.</summary>
    public bool? IsTransient { get; init; }
}

/// <summary>What was read of a source.</summary>
/// <param name="Name">The source.</param>
/// <param name="Kind">Its element's name.</param>
/// <param name="Rows">Rows read, where the engine counted them.</param>
/// <param name="RejectedRows">Rows that could not be read.</param>
/// <param name="Files">Files read.</param>
/// <param name="Bytes">Its size as stored, where that is known.</param>
public sealed record SourceReport(string Name, string Kind, long? Rows, long RejectedRows, int Files, long? Bytes);

/// <summary>What came of a step.</summary>
/// <param name="Name">The dataset it binds.</param>
/// <param name="Step">Its element's name.</param>
/// <param name="Line">Its line in the document.</param>
/// <param name="RowsIn">Rows it took in, over all its inputs, where the engine counted them.</param>
/// <param name="RowsOut">Rows it gave, where the engine counted them. The optimiser may merge steps, and what is merged is not counted apart.</param>
public sealed record DatasetReport(string Name, string Step, int Line, long? RowsIn, long? RowsOut);

/// <summary>What was written to a target.</summary>
/// <param name="Name">The target.</param>
/// <param name="Kind">Its element's name.</param>
/// <param name="Place">Where it writes.</param>
/// <param name="Rows">Rows written.</param>
/// <param name="Bytes">Bytes stored.</param>
/// <param name="Files">Files written.</param>
/// <param name="Version">The table's version after it, or null.</param>
/// <param name="AlreadyCommitted">Whether an earlier attempt of the same run had written it.</param>
/// <param name="Detail">Rows by what happened to them.</param>
/// <param name="Numbers">The five-number summary of each numeric column written.</param>
public sealed record TargetReport(
    string Name,
    string Kind,
    string Place,
    long Rows,
    long Bytes,
    int Files,
    long? Version,
    bool AlreadyCommitted,
    IReadOnlyDictionary<string, long> Detail,
    IReadOnlyList<ColumnSummary> Numbers
)
{
    /// <summary>What could not be done after the commit, such as a checkpoint of a table; a sentence each. The rows are written.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>The five-number summary of a column, and what stands beside it.</summary>
/// <param name="Column">The column.</param>
/// <param name="Values">Values that are not null.</param>
/// <param name="Nulls">Nulls.</param>
/// <param name="Minimum">The lowest value.</param>
/// <param name="LowerQuartile">A quarter of the values lie at or below it.</param>
/// <param name="Median">Half of the values lie at or below it.</param>
/// <param name="UpperQuartile">Three quarters of the values lie at or below it.</param>
/// <param name="Maximum">The highest value.</param>
/// <param name="Sampled">Whether the quartiles come from a sample; the rest is exact.</param>
public sealed record ColumnSummary(
    string Column,
    long Values,
    long Nulls,
    double? Minimum,
    double? LowerQuartile,
    double? Median,
    double? UpperQuartile,
    double? Maximum,
    bool Sampled
);
