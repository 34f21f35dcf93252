using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>A source that was looked at.</summary>
/// <param name="Element">Its element, without <c>id</c> and <c>schemaRef</c>: <c>csv path="…" delimiter=";"</c>.</param>
/// <param name="Child">What the element holds, or the empty string.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="SampleRows">The rows that were looked at.</param>
/// <param name="NeedsSchema">Whether its types stand nowhere, so that the draft needs a schema.</param>
/// <param name="Guesses">How it is written.</param>
/// <param name="Notes">What is worth a word.</param>
internal sealed record DraftSource(
    string Element,
    string Child,
    IReadOnlyList<ColumnProfile> Columns,
    long SampleRows,
    bool NeedsSchema,
    IReadOnlyList<DraftGuess> Guesses,
    IReadOnlyList<string> Notes
);

/// <summary>The table of an engine that holds a sample.</summary>
internal static class SampleTable
{
    /// <summary>Its name in SQL.</summary>
    public const string Name = "sample";

    /// <summary>The most rows that are looked at.</summary>
    public const int MostRows = 1_000_000;

    /// <summary>Fills it with the first rows of a relation.</summary>
    public static void Fill(Connection connection, string relation, CancellationToken cancellation) =>
        connection.Execute($"CREATE OR REPLACE TEMP TABLE {Name} AS SELECT * FROM {relation} LIMIT {MostRows}", cancellation);

    /// <summary>How many rows it holds.</summary>
    public static long Rows(Connection connection)
    {
        using var result = connection.Query($"SELECT count(*) FROM {Name}");
        return result.Scalar<long>();
    }

    /// <summary>Its columns.</summary>
    public static IReadOnlyList<Column> Columns(Connection connection)
    {
        using var statement = connection.Prepare($"SELECT * FROM {Name}");
        return statement.Columns;
    }
}
