using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

/// <summary>Holds a checkpoint against the state that the commits before it add up to.</summary>
internal sealed class CheckpointChecker(string file, Connection connection)
{
    public void Check(
        IReadOnlyDictionary<string, JsonElement> live,
        IReadOnlySet<string> removed,
        IReadOnlyDictionary<string, long> transactions,
        JsonElement protocol,
        JsonElement metadata
    )
    {
        Assert.All(Rows(), row => Assert.Single(row, value => value is not null));
        var adds = Actions("add");
        Assert.Equal(live.Keys.Order(StringComparer.Ordinal), adds.Select(Decoded).Order(StringComparer.Ordinal));
        foreach (var add in adds)
        {
            var logged = live[Decoded(add)];
            Assert.Equal(logged.GetProperty("path").GetString(), add.GetProperty("path").GetString());
            Assert.Equal(logged.GetProperty("size").GetInt64(), add.GetProperty("size").GetInt64());
            Assert.Equal(logged.GetProperty("stats").GetString(), add.GetProperty("stats").GetString());
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
        var version = Assert.Single(Actions("protocol"));
        Assert.Equal(protocol.GetProperty("minReaderVersion").GetInt32(), version.GetProperty("minReaderVersion").GetInt32());
        Assert.Equal(protocol.GetProperty("minWriterVersion").GetInt32(), version.GetProperty("minWriterVersion").GetInt32());
        var table = Assert.Single(Actions("metaData"));
        Assert.Equal(metadata.GetProperty("id").GetString(), table.GetProperty("id").GetString());
        Assert.Equal(metadata.GetProperty("schemaString").GetString(), table.GetProperty("schemaString").GetString());
        Assert.Equal(metadata.GetProperty("partitionColumns").GetRawText(), table.GetProperty("partitionColumns").GetRawText());
        Assert.Equal(metadata.GetProperty("createdTime").GetInt64(), table.GetProperty("createdTime").GetInt64());
    }

    private static string Decoded(JsonElement action) => Uri.UnescapeDataString(action.GetProperty("path").GetString()!);

    private static Dictionary<string, string?> Texts(JsonElement map) =>
        map.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString());

    private List<object?[]> Rows()
    {
        using var result = connection.Query(
            $"SELECT protocol, metaData, txn, \"add\", remove, domainMetadata FROM read_parquet({Sql.Literal(file)})"
        );
        return [.. result.Rows()];
    }

    private List<JsonElement> Actions(string name)
    {
        var column = Sql.Identifier(name);
        using var result = connection.Query(
            $"SELECT CAST(to_json({column}) AS VARCHAR) FROM read_parquet({Sql.Literal(file)}) WHERE {column} IS NOT NULL"
        );
        return [.. result.Rows().Select(row => JsonDocument.Parse((string)row[0]!).RootElement)];
    }
}
