using System.Text.Json;
using ServerlessHub.Api.Problems;
using ServerlessHub.Api.Tables;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Api.Documents;

/// <summary>A stream with the tables it writes.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Xml">The document.</param>
/// <param name="Source">Where its events come from; absent while that cannot be read.</param>
/// <param name="Tables">The tables it writes, each after the one it is made of.</param>
/// <param name="Publications">What it sends on.</param>
/// <param name="Findings">What is found about it.</param>
public sealed record StreamDetailsOutput(
    DocumentOutput Stream,
    string Xml,
    StreamEndOutput? Source,
    IReadOnlyList<StreamTableOutput> Tables,
    IReadOnlyList<PublicationOutput> Publications,
    IReadOnlyList<FindingOutput> Findings
);

/// <summary>Where events come from, or are sent.</summary>
/// <param name="Kind">Its element.</param>
/// <param name="Line">Where that is.</param>
/// <param name="Attributes">What the element says, by attribute.</param>
public sealed record StreamEndOutput(string Kind, int Line, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>What an element says, without the defaults.</summary>
    public static StreamEndOutput Of(Element element) =>
        new(
            element.Spec.Name,
            element.Location.Line,
            element.Spec.Attributes.Where(a => element.Has(a.Name)).ToDictionary(a => a.Name, a => element[a.Name]!)
        );
}

/// <summary>A table that a stream writes.</summary>
/// <param name="Name">Its name in full.</param>
/// <param name="Role">What it is: <c>raw</c>, <c>deadLetters</c>, <c>root</c>, <c>child</c>, <c>summary</c> or <c>late</c>.</param>
/// <param name="Line">Where the document names it, or what it belongs to.</param>
/// <param name="Source">The table it is made of; absent for the raw table and its dead letters.</param>
/// <param name="Key">The columns by whose values its rows are replaced; empty where each row stays.</param>
/// <param name="Columns">Its columns; absent where they are only known once events have come.</param>
public sealed record StreamTableOutput(
    string Name,
    string Role,
    int Line,
    string? Source,
    IReadOnlyList<string> Key,
    IReadOnlyList<StreamColumnOutput>? Columns
)
{
    /// <summary>A table of a plan.</summary>
    public static StreamTableOutput Of(PlannedTable table) =>
        new(
            table.Name.ToString(),
            JsonNamingPolicy.CamelCase.ConvertName(table.Role.ToString()),
            table.Location.Line,
            table.Source?.ToString(),
            table.Key,
            table.Columns is { } columns ? [.. columns.Select(StreamColumnOutput.Of)] : null
        );
}

/// <summary>A column of a table that a stream writes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as a document writes it.</param>
/// <param name="From">What its values come from; empty where the stream makes them.</param>
public sealed record StreamColumnOutput(string Name, string Type, IReadOnlyList<ColumnOriginOutput> From)
{
    internal static StreamColumnOutput Of(PlannedColumn column) =>
        new(
            column.Name,
            TypeText.Full(column.Type),
            [.. column.Origins.Select(o => new ColumnOriginOutput(o.Table.ToString(), o.Column, o.Path))]
        );
}

/// <summary>What the values of a column come from.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column there.</param>
/// <param name="Path">The place within the JSON that the column holds; absent where it is all of it.</param>
public sealed record ColumnOriginOutput(string Table, string Column, string? Path);

/// <summary>Rows of a summary that are sent on as they change.</summary>
/// <param name="Driver">The driver.</param>
/// <param name="Table">Its summary; absent while there is none.</param>
/// <param name="Sink">Where they are sent.</param>
public sealed record PublicationOutput(string Driver, string? Table, StreamEndOutput Sink)
{
    /// <summary>What a stream sends on.</summary>
    public static IReadOnlyList<PublicationOutput> Of(StreamPlan plan) =>
        [
            .. plan.Document.Publications.Select(p => new PublicationOutput(
                p.Driver,
                plan.Drivers.GetValueOrDefault(p.Driver)?.Name.ToString(),
                StreamEndOutput.Of(p.Sink)
            )),
        ];
}
