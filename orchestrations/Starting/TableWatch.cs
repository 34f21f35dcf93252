using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>A document that changed tables start.</summary>
/// <param name="Kind">What the document is.</param>
/// <param name="Document">The document.</param>
/// <param name="Trigger">The tables, and how they go together.</param>
public sealed record TableWatch(DocumentKind Kind, DocumentAddress Document, TableTrigger Trigger)
{
    /// <summary>The tables by their full names; what is no table's name is left out, as validation has said.</summary>
    internal IReadOnlyList<TableName> Tables =>
        [.. Trigger.Tables.Select(table => TableName.Parse(table, Document.App)).OfType<TableName>().Distinct()];

    internal string Key =>
        $"{Document.App}/{Document.Layer}/{Kind.ToString().ToLowerInvariant()}.{Document.Id}/"
        + DerivedRunId.Hash([
            Trigger.SameBusinessDate.ToString(),
            .. Tables.Select(table => table.ToString()).Order(StringComparer.Ordinal),
        ]);
}

/// <summary>A run that changed tables start.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Versions">The newest version of each table that led to it.</param>
/// <param name="BusinessDate">The day for which all tables were written; null where the days do not count.</param>
public sealed record TableStart(string RunId, DateTimeOffset At, IReadOnlyDictionary<string, long> Versions, DateOnly? BusinessDate);
