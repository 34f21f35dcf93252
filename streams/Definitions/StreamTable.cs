using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Streams.Definitions;

/// <summary>The tables of a stream by the names its document gives them.</summary>
public static class StreamTable
{
    /// <summary>The table that a name means: <c>table</c> of the stream's own layer, or <c>layer.table</c>. Null where it is neither.</summary>
    /// <param name="name">The name.</param>
    /// <param name="stream">The stream.</param>
    public static TableName? Parse(string name, DocumentAddress stream) =>
        TableName.Parse(name.Contains('.', StringComparison.Ordinal) ? name : $"{stream.Layer}.{name}", stream.App);

    /// <summary>The table beside another one: dead letters, late events.</summary>
    public static TableName Beside(TableName table, string suffix) => table with { Table = $"{table.Table}_{suffix}" };
}
