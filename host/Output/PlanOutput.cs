using ServerlessHub.Api.Problems;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub plan --json</c> prints.</summary>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Pipeline">The pipeline's id.</param>
/// <param name="Version">The document's version.</param>
/// <param name="File">The document, relative to the hub root.</param>
/// <param name="Datasets">The graph: every dataset after those it reads.</param>
/// <param name="Targets">What is written.</param>
/// <param name="Statements">The SQL, in the order in which it runs.</param>
/// <param name="Findings">Warnings and notes about the document.</param>
internal sealed record PlanOutput(
    string App,
    string Layer,
    string Pipeline,
    string Version,
    string File,
    IReadOnlyList<PlanDataset> Datasets,
    IReadOnlyList<PlanTarget> Targets,
    IReadOnlyList<PlanStatementOutput> Statements,
    IReadOnlyList<FindingOutput> Findings
);

/// <summary>A dataset of a plan.</summary>
/// <param name="Label">Its name in the plan, unique: <c>customer@2</c> is the second binding of <c>customer</c>.</param>
/// <param name="Name">Its name in the document.</param>
/// <param name="Step">The element that makes it.</param>
/// <param name="Line">Where that is.</param>
/// <param name="IsSource">Whether it is read, not computed.</param>
/// <param name="Detail">The element's attributes in short.</param>
/// <param name="Inputs">The labels of the datasets it reads.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Needed">The names of those that are needed; the others are never read or computed. Empty when no target needs the dataset.</param>
/// <param name="Table">Why it becomes a table of its own before it is read; null when it is computed where it is read.</param>
internal sealed record PlanDataset(
    string Label,
    string Name,
    string Step,
    int Line,
    bool IsSource,
    string Detail,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<PlanColumn> Columns,
    IReadOnlyList<string> Needed,
    string? Table
);

/// <summary>A column of a dataset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as a document writes it.</param>
internal sealed record PlanColumn(string Name, string Type);

/// <summary>A target of a plan.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Kind">Its element.</param>
/// <param name="Line">Where that is.</param>
/// <param name="Detail">The element's attributes in short.</param>
/// <param name="Dataset">The label of the dataset it writes.</param>
/// <param name="Columns">What it writes, with where each column comes from.</param>
internal sealed record PlanTarget(string Name, string Kind, int Line, string Detail, string Dataset, IReadOnlyList<LineageColumn> Columns);

/// <summary>A column that is written, with its lineage.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as a document writes it.</param>
/// <param name="From">The columns of sources that its values come from; empty for one that comes from none, such as a count of rows.</param>
internal sealed record LineageColumn(string Name, string Type, IReadOnlyList<LineageSource> From);

/// <summary>A column of a source.</summary>
/// <param name="Source">The source.</param>
/// <param name="Column">The column.</param>
internal sealed record LineageSource(string Source, string Column);

/// <summary>An SQL statement of a plan.</summary>
/// <param name="Kind"><c>table</c> when it computes a dataset into a table of its own, <c>write</c> when it computes what a target writes.</param>
/// <param name="Of">The dataset's label, or the target's name.</param>
/// <param name="Reason">Why there is a table; null for a target.</param>
/// <param name="Sql">The query.</param>
internal sealed record PlanStatementOutput(string Kind, string Of, string? Reason, string Sql);
