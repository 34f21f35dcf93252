using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Streams.Definitions;

/// <summary>What an event is.</summary>
public enum EventFormat
{
    /// <summary>The object itself.</summary>
    Plain,

    /// <summary>A change of a row, as Debezium writes it: <c>op</c>, <c>before</c>, <c>after</c>.</summary>
    Debezium,

    /// <summary>The object in the <c>data</c> of a CloudEvent (version 1.0, structured mode).</summary>
    CloudEvents,
}

/// <summary>What becomes of an event that does not fit its schema.</summary>
public enum MisfitPolicy
{
    /// <summary>What does not fit is kept as JSON in the row.</summary>
    Rescue,

    /// <summary>The event goes to the dead letters.</summary>
    DeadLetter,

    /// <summary>The stream stops.</summary>
    Fail,
}

/// <summary>The tables that are made of the events.</summary>
/// <param name="Element">The element that says it.</param>
/// <param name="Root">The table of the objects, as the document names it.</param>
/// <param name="Key">The columns of the root that tell its rows apart.</param>
/// <param name="SchemaRef">The schema; null where types are inferred.</param>
/// <param name="EventId">The column that tells events apart; null where no event is taken for one that came before.</param>
/// <param name="DuplicatesWithin">How long after an event a second one is still known.</param>
/// <param name="Format">What an event is.</param>
/// <param name="IsMerge">Whether an event replaces the row of its key.</param>
/// <param name="DeleteWhen">Where this SQL is true of an event, its row goes; null for never.</param>
/// <param name="Drop">Columns that are left out.</param>
/// <param name="OnMisfit">What becomes of an event that does not fit its schema.</param>
/// <param name="Children">The lists that become tables; empty for all.</param>
public sealed record FlattenDefinition(
    Element Element,
    string Root,
    IReadOnlyList<string> Key,
    string? SchemaRef,
    string? EventId,
    TimeSpan DuplicatesWithin,
    EventFormat Format,
    bool IsMerge,
    string? DeleteWhen,
    IReadOnlyList<string> Drop,
    MisfitPolicy OnMisfit,
    IReadOnlyList<ChildDefinition> Children
)
{
    internal static FlattenDefinition Read(Element flatten) =>
        new(
            flatten,
            flatten["root"]!,
            flatten.Names("key"),
            flatten["schemaRef"],
            flatten["eventId"],
            Durations.Of(flatten, "duplicatesWithin")!.Value,
            Enum.Parse<EventFormat>(flatten["format"]!, ignoreCase: true),
            flatten["mode"] == "merge",
            flatten["deleteWhen"],
            flatten.Names("drop"),
            Enum.Parse<MisfitPolicy>(flatten["onMisfit"]!, ignoreCase: true),
            [.. flatten.Children.Select(ChildDefinition.Read)]
        );
}

/// <summary>A list that becomes a table.</summary>
/// <param name="Element">The element that says it.</param>
/// <param name="Path">Where the list is, from its parent.</param>
/// <param name="Table">The table, as the document names it.</param>
/// <param name="Children">The lists in it that become tables.</param>
public sealed record ChildDefinition(Element Element, string Path, string Table, IReadOnlyList<ChildDefinition> Children)
{
    internal static ChildDefinition Read(Element child) => new(child, child["path"]!, child["table"]!, [.. child.Children.Select(Read)]);
}
