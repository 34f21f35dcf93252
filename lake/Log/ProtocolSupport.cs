using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Log;

/// <summary>Which tables this version reads and writes, by the protocol's versions and features; null means it does.</summary>
internal static class ProtocolSupport
{
    private const int FeatureReader = 3;
    private const int FeatureWriter = 7;

    private static readonly HashSet<string> Readable =
    [
        "timestampNtz",
        "typeWidening",
        "typeWidening-preview",
        "v2Checkpoint",
        "vacuumProtocolCheck",
        "columnMapping",
        "deletionVectors",
    ];

    private static readonly HashSet<string> Writable =
    [
        .. Readable,
        "clustering",
        "domainMetadata",
        "allowColumnDefaults",
        "appendOnly",
        "changeDataFeed",
        "checkConstraints",
        "checkpointProtection",
        "generatedColumns",
        "identityColumns",
        "inCommitTimestamp",
        "invariants",
        "materializePartitionColumns",
        "rowTracking",
    ];

    /// <summary>What a column may have that is kept for columns of the table, and not for fields inside of them.</summary>
    private static readonly Dictionary<string, string> ColumnFeatures = new()
    {
        ["delta.invariants"] = "an invariant",
        ["delta.generationExpression"] = "a generation expression",
        ["CURRENT_DEFAULT"] = "a default",
    };

    public static string? WhyNotReadable(TableProtocol protocol, TableMetadata metadata)
    {
        if (protocol.MinReaderVersion > FeatureReader)
            return $"it needs reader version {protocol.MinReaderVersion} of the Delta protocol; this version of the hub has {FeatureReader}.";
        if (Unknown(protocol.ReaderFeatures, Readable) is { } features)
            return $"it needs the reader features {features}, which this version of the hub does not have.";
        if (metadata.Format is { } format && !string.Equals(format.Provider, "parquet", StringComparison.OrdinalIgnoreCase))
            return $"its data files are '{format.Provider}'; the protocol allows parquet.";
        return null;
    }

    public static string? WhyNotWritable(TableProtocol protocol, TableMetadata metadata, StructType schema, bool onlyAppends)
    {
        if (protocol.MinWriterVersion > FeatureWriter)
            return $"it needs writer version {protocol.MinWriterVersion} of the Delta protocol; this version of the hub has {FeatureWriter}.";
        if (Unknown(protocol.WriterFeatures, Writable) is { } features)
            return $"it needs the writer features {features}, which this version of the hub does not have.";
        if (!onlyAppends && protocol.Supports("appendOnly") && metadata.IsSet("delta.appendOnly"))
            return "it takes rows by append only (delta.appendOnly); nothing in it may be replaced or deleted.";
        return schema.Fields.Select(field => ColumnFeature(protocol, field)).FirstOrDefault(problem => problem is not null);
    }

    private static string? ColumnFeature(TableProtocol protocol, SchemaField field)
    {
        if (field.Type.Has(DeltaType.Void))
            return $"column '{field.Name}', or a field of it, has the type void; give it another one first.";
        if (protocol.Supports("identityColumns") && field.Metadata.ContainsKey("delta.identity.start"))
            return $"column '{field.Name}' has identity values, which this version of the hub does not make.";
        foreach (var (key, name) in ColumnFeatures)
        {
            if (Inner(field.Type).Any(inner => Has(inner, key)))
                return $"a field of column '{field.Name}' has {name}, which this version of the hub does not keep.";
        }
        return null;
    }

    private static bool Has(SchemaField field, string key) =>
        field.Metadata.ContainsKey(key) || Inner(field.Type).Any(inner => Has(inner, key));

    private static IEnumerable<SchemaField> Inner(DeltaType type) =>
        type switch
        {
            StructType composite => composite.Fields,
            ArrayType array => Inner(array.Element),
            MapType map => Inner(map.Key).Concat(Inner(map.Value)),
            _ => [],
        };

    private static string? Unknown(IReadOnlyList<string>? features, HashSet<string> known)
    {
        var unknown = (features ?? []).Where(feature => !known.Contains(feature)).ToList();
        return unknown.Count == 0 ? null : string.Join(", ", unknown);
    }
}
