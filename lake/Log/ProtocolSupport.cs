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
        "domainMetadata",
        // A table that makes use of one of these is refused by WhyNotWritable.
        "allowColumnDefaults",
        "appendOnly",
        "changeDataFeed",
        "checkConstraints",
        "generatedColumns",
        "identityColumns",
        "inCommitTimestamp",
        "invariants",
    ];

    private static readonly Dictionary<string, string> ColumnFeatures = new()
    {
        ["delta.invariants"] = "an invariant",
        ["delta.generationExpression"] = "a generation expression",
        ["CURRENT_DEFAULT"] = "a default",
        ["delta.identity.start"] = "identity values",
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
        if (metadata.Configuration?.Keys.FirstOrDefault(key => key.StartsWith("delta.constraints.", StringComparison.Ordinal)) is { } check)
            return $"it has the constraint '{check["delta.constraints.".Length..]}', which this version of the hub cannot check.";
        if (ColumnMapping.ModeOf(protocol, metadata) is not "none" and var mapping)
            return $"its columns are mapped (columnMapping, mode '{mapping}'), which this version of the hub does not write.";
        if (metadata.IsSet("delta.enableInCommitTimestamps"))
            return "it keeps the time inside of each commit (inCommitTimestamp), which this version of the hub does not write.";
        if (!onlyAppends && metadata.IsSet("delta.appendOnly"))
            return "it takes rows by append only (delta.appendOnly); nothing in it may be replaced or deleted.";
        if (!onlyAppends && metadata.IsSet("delta.enableChangeDataFeed"))
            return "it keeps a change feed (delta.enableChangeDataFeed), which this version of the hub does not write.";
        return schema.Fields.Select(ColumnFeature).FirstOrDefault(problem => problem is not null);
    }

    private static string? ColumnFeature(SchemaField field)
    {
        if (field.Type == DeltaType.Void)
            return $"column '{field.Name}' has the type void; give it another one first.";
        foreach (var (key, name) in ColumnFeatures)
        {
            if (Has(field, key))
                return $"column '{field.Name}' has {name}, which this version of the hub does not keep.";
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
