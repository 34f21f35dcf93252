using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>The tables that a stream writes, as far as is known of its events.</summary>
internal static class StreamTables
{
    /// <summary>The root and its children; none where nothing is flattened.</summary>
    public static IReadOnlyList<FlatTable> Flat(StreamEngine engine) =>
        engine.Stream.Document.Flatten is { } flatten && new EventType(engine).Type is { } type ? FlatTables.Of(flatten, type) : [];

    /// <summary>All but the raw table, whether they are there or not.</summary>
    public static IEnumerable<TableName> Of(StreamEngine engine)
    {
        foreach (var table in Flat(engine))
            yield return engine.Stream.Table(table.Name);
        yield return engine.Stream.DeadLetterTable;
        foreach (var driver in engine.Stream.Document.Drivers)
        {
            yield return engine.Stream.Table(driver.Table);
            yield return engine.Stream.LateTable(driver.Table);
        }
    }
}
