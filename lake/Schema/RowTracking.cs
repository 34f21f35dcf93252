using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Schema;

/// <summary>
/// The columns by which data files of a table keep the numbers of rows that were written anew, beside those of its schema: the protocol's row tracking. Where a file does
/// not have one, or no value in it, what its <c>add</c> action says holds.
/// </summary>
/// <param name="IdColumn">The column with a row's number, which it keeps for ever.</param>
/// <param name="VersionColumn">The column with the version at which it got the values that it has.</param>
internal sealed record RowTracking(string IdColumn, string VersionColumn)
{
    public const string Feature = "rowTracking";

    /// <summary>The columns as fields, which the table's own schema does not have.</summary>
    public IReadOnlyList<SchemaField> Fields { get; } =
    [new(IdColumn, DeltaType.Long, Nullable: true, []), new(VersionColumn, DeltaType.Long, Nullable: true, [])];

    /// <summary>The columns of a table; null if its rows need not keep their numbers.</summary>
    public static RowTracking? Of(TableProtocol protocol, TableMetadata metadata) =>
        protocol.Supports(Feature)
        && metadata.IsSet("delta.enableRowTracking")
        && metadata.Property("delta.rowTracking.materializedRowIdColumnName") is { } id
        && metadata.Property("delta.rowTracking.materializedRowCommitVersionColumnName") is { } version
            ? new(id, version)
            : null;
}
