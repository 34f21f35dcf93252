using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

/// <summary>Holds a checkpoint against the state that the commits before it add up to.</summary>
internal sealed class CheckpointChecker(string file, Connection connection)
{
    /// <summary>In bytes, sidecars among it.</summary>
    public long Size => Files.Sum(path => new FileInfo(path).Length);

    /// <summary>The checkpoint, and its sidecars.</summary>
    private List<string> Files =>
        [file, .. Actions("sidecar").Select(sidecar => Path.Combine(Path.GetDirectoryName(file)!, "_sidecars", Decoded(sidecar)))];

    /// <summary>How many actions say what the table is; a reference to a sidecar, and what the checkpoint says of itself, are none.</summary>
    public long CountActions() => Files.Sum(Count) - Actions("sidecar").Count;

    public void Check(
        long version,
        IReadOnlyDictionary<string, JsonElement> live,
        IReadOnlySet<string> removed,
        IReadOnlyDictionary<string, long> transactions,
        JsonElement protocol,
        JsonElement metadata
    )
    {
        Assert.All(Rows(), row => Assert.Single(row, value => value is not null));
        CheckKind(version, protocol);
        var adds = Actions("add");
        Assert.Equal(live.Keys.Order(StringComparer.Ordinal), adds.Select(Decoded).Order(StringComparer.Ordinal));
        foreach (var add in adds)
        {
            var logged = live[Decoded(add)];
            Assert.Equal(logged.GetProperty("path").GetString(), add.GetProperty("path").GetString());
            Assert.Equal(logged.GetProperty("size").GetInt64(), add.GetProperty("size").GetInt64());
            CheckStatistics(JsonDocument.Parse(logged.GetProperty("stats").GetString()!).RootElement, add, metadata);
            Assert.Equal(logged.GetProperty("modificationTime").GetInt64(), add.GetProperty("modificationTime").GetInt64());
            Assert.Equal(Texts(logged.GetProperty("partitionValues")), Texts(add.GetProperty("partitionValues")));
        }
        Assert.Subset(removed.ToHashSet(), Actions("remove").Select(Decoded).ToHashSet());
        Assert.Equal(
            transactions.OrderBy(transaction => transaction.Key),
            Actions("txn")
                .Select(txn => KeyValuePair.Create(txn.GetProperty("appId").GetString()!, txn.GetProperty("version").GetInt64()))
                .OrderBy(transaction => transaction.Key)
        );
        var versions = Assert.Single(Actions("protocol"));
        Assert.Equal(protocol.GetProperty("minReaderVersion").GetInt32(), versions.GetProperty("minReaderVersion").GetInt32());
        Assert.Equal(protocol.GetProperty("minWriterVersion").GetInt32(), versions.GetProperty("minWriterVersion").GetInt32());
        var table = Assert.Single(Actions("metaData"));
        Assert.Equal(metadata.GetProperty("id").GetString(), table.GetProperty("id").GetString());
        Assert.Equal(metadata.GetProperty("schemaString").GetString(), table.GetProperty("schemaString").GetString());
        Assert.Equal(metadata.GetProperty("partitionColumns").GetRawText(), table.GetProperty("partitionColumns").GetRawText());
        Assert.Equal(metadata.GetProperty("createdTime").GetInt64(), table.GetProperty("createdTime").GetInt64());
    }

    /// <summary>A checkpoint of the second kind says of which version it is, and has all of its files itself, or none.</summary>
    private void CheckKind(long version, JsonElement protocol)
    {
        var says = Actions("checkpointMetadata");
        var mayBe =
            protocol.TryGetProperty("readerFeatures", out var features)
            && features.EnumerateArray().Any(feature => feature.GetString() == "v2Checkpoint");
        if (Path.GetFileName(file).Split('.').Length > 3)
            Assert.Single(says);
        if (says.Count == 0)
        {
            Assert.Empty(Actions("sidecar"));
            return;
        }
        Assert.True(mayBe);
        Assert.Equal(version, Assert.Single(says).GetProperty("version").GetInt64());
        foreach (var (sidecar, path) in Actions("sidecar").Zip(Files.Skip(1)))
        {
            Assert.Equal(sidecar.GetProperty("sizeInBytes").GetInt64(), new FileInfo(path).Length);
            Assert.True(sidecar.GetProperty("modificationTime").GetInt64() > 0);
            Assert.Equal(0, Count(file, "\"add\" IS NOT NULL OR remove IS NOT NULL"));
        }
    }

    /// <summary>The statistics are what the log says, as text and typed, as the table's properties ask for.</summary>
    private static void CheckStatistics(JsonElement logged, JsonElement add, JsonElement metadata)
    {
        var properties = metadata.GetProperty("configuration");
        var asText = !(properties.TryGetProperty("delta.checkpoint.writeStatsAsJson", out var text) && text.GetString() == "false");
        var typed = properties.TryGetProperty("delta.checkpoint.writeStatsAsStruct", out var parsed) && parsed.GetString() == "true";
        Assert.Equal(asText, add.TryGetProperty("stats", out var stats));
        if (asText)
            Assert.True(JsonElement.DeepEquals(logged, JsonDocument.Parse(stats.GetString()!).RootElement));
        Assert.Equal(typed, add.TryGetProperty("stats_parsed", out var values));
        if (!typed)
            return;
        Assert.Equal(logged.GetProperty("numRecords").GetInt64(), values.GetProperty("numRecords").GetInt64());
        foreach (
            var nulls in logged.GetProperty("nullCount").EnumerateObject().Where(nulls => nulls.Value.ValueKind == JsonValueKind.Number)
        )
            Assert.Equal(nulls.Value.GetInt64(), values.GetProperty("nullCount").GetProperty(nulls.Name).GetInt64());
        foreach (var group in new[] { "minValues", "maxValues" })
        foreach (var bound in logged.GetProperty(group).EnumerateObject())
            Assert.NotEqual(JsonValueKind.Null, values.GetProperty(group).GetProperty(bound.Name).ValueKind);
        if (metadata.GetProperty("partitionColumns").GetArrayLength() > 0)
            Assert.Equal(
                add.GetProperty("partitionValues")
                    .EnumerateObject()
                    .Select(value => (value.Name, value.Value.ValueKind == JsonValueKind.Null))
                    .Order(),
                add.GetProperty("partitionValues_parsed")
                    .EnumerateObject()
                    .Select(value => (value.Name, value.Value.ValueKind == JsonValueKind.Null))
                    .Order()
            );
    }

    private static string Decoded(JsonElement action) => Uri.UnescapeDataString(action.GetProperty("path").GetString()!);

    private static Dictionary<string, string?> Texts(JsonElement map) =>
        map.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString());

    private List<object?[]> Rows()
    {
        using var result = connection.Query($"SELECT * FROM {Source(file)}");
        return [.. result.Rows()];
    }

    private long Count(string path) => Count(path, "true") - (path == file ? Actions("checkpointMetadata").Count : 0);

    private long Count(string path, string condition)
    {
        using var rows = connection.Query($"SELECT count(*) FROM {Source(path)} WHERE {condition}");
        return rows.Scalar<long>();
    }

    private List<JsonElement> Actions(string name) =>
        name is "add" or "remove" ? [.. Files.SelectMany(path => Actions(name, path))] : Actions(name, file);

    private List<JsonElement> Actions(string name, string path)
    {
        using (var statement = connection.Prepare($"SELECT * FROM {Source(path)}"))
        {
            if (statement.Columns.All(column => column.Name != name))
                return [];
        }
        var column = Sql.Identifier(name);
        using var result = connection.Query($"SELECT CAST(to_json({column}) AS VARCHAR) FROM {Source(path)} WHERE {column} IS NOT NULL");
        return [.. result.Rows().Select(row => JsonDocument.Parse((string)row[0]!).RootElement)];
    }

    private static string Source(string path) => $"read_parquet({Sql.Literal(path)})";
}
