using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Maintenance;

namespace ServerlessHub.Lake.Writing;

/// <summary>The properties of a table that the protocol gives a meaning, and the features that a client must have who meets them.</summary>
internal static class TableProperties
{
    private static readonly Dictionary<string, (string Feature, bool IsForReaders, string Value)> Features = new()
    {
        ["delta.appendOnly"] = ("appendOnly", false, "true"),
        ["delta.enableChangeDataFeed"] = ("changeDataFeed", false, "true"),
        ["delta.enableDeletionVectors"] = ("deletionVectors", true, "true"),
        ["delta.enableInCommitTimestamps"] = ("inCommitTimestamp", false, "true"),
        ["delta.enableTypeWidening"] = ("typeWidening", true, "true"),
    };

    /// <summary>Properties that need no feature, and are true or false.</summary>
    private static readonly HashSet<string> Switches = [AutoCompaction.Property, "delta.enableExpiredLogCleanup"];

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
                .Where(feature =>
                    string.Equals(properties.GetValueOrDefault(feature.Key), feature.Value.Value, StringComparison.OrdinalIgnoreCase)
                )
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
            if (!Features.ContainsKey(name) && !Switches.Contains(name))
                throw new FormatException(
                    $"this version of the hub does not know the property '{name}' that the protocol may give a meaning."
                );
            if (value is not (null or "true" or "false"))
                throw new FormatException($"the property '{name}' is true or false, not '{value}'.");
        }
    }
}
