using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>The properties of a table that the protocol gives a meaning, and the features that a client must have who meets them.</summary>
internal static class TableProperties
{
    private static readonly string[] Switched = ["true", "false"];

    /// <summary>Properties, and the values with which they need no feature, and those with which they need it.</summary>
    private static readonly Dictionary<string, (string Feature, bool IsForReaders, string[] On, string Off)> Features = new()
    {
        ["delta.appendOnly"] = ("appendOnly", false, ["true"], "false"),
        [ColumnMapping.Property] = ("columnMapping", true, ["name", "id"], ColumnMapping.None),
        ["delta.checkpointPolicy"] = ("v2Checkpoint", true, ["v2"], "classic"),
        ["delta.enableChangeDataFeed"] = ("changeDataFeed", false, ["true"], "false"),
        ["delta.enableDeletionVectors"] = ("deletionVectors", true, ["true"], "false"),
        ["delta.enableInCommitTimestamps"] = ("inCommitTimestamp", false, ["true"], "false"),
        ["delta.enableTypeWidening"] = ("typeWidening", true, ["true"], "false"),
    };

    /// <summary>Properties that need no feature, and are true or false.</summary>
    private static readonly HashSet<string> Switches =
    [
        AutoCompaction.Property,
        "delta.checkpoint.writeStatsAsJson",
        "delta.checkpoint.writeStatsAsStruct",
        "delta.enableExpiredLogCleanup",
    ];

    /// <summary>Others that need no feature.</summary>
    private static readonly HashSet<string> Plain =
    [
        "delta.checkpointInterval",
        "delta.dataSkippingNumIndexedCols",
        "delta.dataSkippingStatsColumns",
        "delta.deletedFileRetentionDuration",
        "delta.logRetentionDuration",
        "delta.parquet.compression.codec",
        "delta.setTransactionRetentionDuration",
        "delta.targetFileSize",
    ];

    /// <summary>A protocol with the features that properties need.</summary>
    public static TableProtocol Protocol(TableProtocol protocol, IReadOnlyDictionary<string, string?> properties) =>
        protocol.With([
            .. Features
                .Where(feature => feature.Value.On.Contains(properties.GetValueOrDefault(feature.Key)))
                .Select(feature => (feature.Value.Feature, feature.Value.IsForReaders)),
        ]);

    /// <summary>Refuses properties of the protocol's that are set in another way, or that this version does not have.</summary>
    /// <exception cref="FormatException">There is one; the message names it.</exception>
    public static void RequireSettable(IReadOnlyDictionary<string, string?> properties)
    {
        foreach (var (name, value) in properties)
        {
            if (!name.StartsWith("delta.", StringComparison.Ordinal) || Plain.Contains(name))
                continue;
            if (name.StartsWith("delta.constraints.", StringComparison.Ordinal))
                throw new FormatException(
                    $"'{name}' is a constraint, and rows that are there must be checked for it; add it as a constraint."
                );
            string[] values =
                Features.TryGetValue(name, out var feature) ? [.. feature.On, feature.Off]
                : Switches.Contains(name) ? Switched
                : throw new FormatException(
                    $"this version of the hub does not know the property '{name}' that the protocol may give a meaning."
                );
            if (value is not null && !values.Contains(value))
                throw new FormatException($"the property '{name}' is {string.Join(" or ", values)}, not '{value}'.");
        }
    }
}
