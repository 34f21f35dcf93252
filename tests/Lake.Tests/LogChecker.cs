using System.Globalization;
using System.Text.Json;
using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

/// <summary>
/// Holds a table against the rules of the Delta protocol. It shares nothing with the code it checks: it reads the JSON itself, and the
/// Parquet through DuckDB.
/// </summary>
internal sealed class LogChecker(string table, Connection connection)
{
    private static readonly string[] KnownActions = ["commitInfo", "protocol", "metaData", "txn", "add", "remove", "cdc", "domainMetadata"];

    private readonly Dictionary<string, JsonElement> _live = [];
    private readonly Dictionary<string, long> _transactions = [];
    private readonly HashSet<string> _removed = [];
    private readonly HashSet<string> _checkedFiles = [];
    private readonly DeletionVectorChecker _vectors = new(table);
    private readonly Dictionary<int, string> _columns = [];
    private readonly Dictionary<string, (long From, long To)> _rowIds = [];
    private long _highestRowId = -1;
    private bool _changesRows;
    private bool _isVacuumed;
    private JsonElement _metadata;
    private JsonElement _protocol;
    private CheckedSchema? _schema;

    private string Log => Path.Combine(table, "_delta_log");

    public static void CheckAll(string root, Connection connection)
    {
        foreach (var log in Directory.EnumerateDirectories(root, "_delta_log", SearchOption.AllDirectories))
            new LogChecker(Path.GetDirectoryName(log)!, connection).Check();
    }

    public void Check()
    {
        var commits = Directory.EnumerateFiles(Log, "*.json").Order(StringComparer.Ordinal).ToList();
        _isVacuumed = commits.Any(commit => File.ReadLines(commit).First().Contains("\"VACUUM START\"", StringComparison.Ordinal));
        for (var version = 0; version < commits.Count; version++)
        {
            Assert.Equal($"{version:D20}.json", Path.GetFileName(commits[version]));
            CheckCommit(version, File.ReadAllLines(commits[version]));
            foreach (var checkpoint in Directory.EnumerateFiles(Log, $"{version:D20}.checkpoint.*"))
                new CheckpointChecker(checkpoint, connection).Check(version, _live, _removed, _transactions, _protocol, _metadata);
        }
        foreach (var file in _live)
            CheckPresent(file.Key, file.Value);
        CheckHint();
    }

    /// <summary>What a vacuum deletes may be missing of older versions, but not of this one.</summary>
    private void CheckPresent(string path, JsonElement add)
    {
        Assert.True(File.Exists(Path.Combine(table, path)), $"'{path}' is in the table and not on disk");
        if (add.TryGetProperty("deletionVector", out var vector))
            _vectors.Check(vector, Rows(add));
    }

    private void CheckCommit(int version, string[] lines)
    {
        var actions = lines.Select(line => JsonDocument.Parse(line).RootElement.EnumerateObject().Single()).ToList();
        Assert.All(actions, action => Assert.Contains(action.Name, KnownActions));
        foreach (var once in new[] { "commitInfo", "protocol", "metaData" })
            Assert.True(actions.Count(action => action.Name == once) <= 1, $"version {version} has {once} more than once");
        AssertUnique(actions, "txn", "appId");
        AssertUnique(actions, "add", "path");
        AssertUnique(actions, "remove", "path");
        if (version == 0)
        {
            Assert.Contains(actions, action => action.Name == "protocol");
            Assert.Contains(actions, action => action.Name == "metaData");
        }
        Assert.Equal("commitInfo", actions[0].Name);
        CheckCommitInfo(actions[0].Value);
        var operation = Text(actions[0].Value, "operation");
        _changesRows = operation != "OPTIMIZE";
        if (operation.StartsWith("VACUUM", StringComparison.Ordinal))
            Assert.Single(actions);
        // Actions of a commit have no order; what it says of the table holds for its files, and what it removes goes first.
        foreach (var name in KnownActions)
        foreach (var action in actions.Where(action => action.Name == name && name is not ("add" or "remove")))
            Apply(action);
        foreach (var action in actions.Where(action => action.Name == "remove"))
            ApplyRemove(action.Value);
        foreach (var action in actions.Where(action => action.Name == "add"))
            ApplyAdd(action.Value);
        if (
            HasFeature("writerFeatures", "rowTracking")
            && !_metadata.GetProperty("configuration").TryGetProperty("delta.rowTrackingSuspended", out _)
        )
            CheckRowIds(version, actions);
    }

    private void Apply(JsonProperty action)
    {
        switch (action.Name)
        {
            case "protocol":
                CheckProtocol(action.Value);
                _protocol = action.Value;
                break;
            case "metaData":
                CheckMetadata(action.Value);
                _metadata = action.Value;
                break;
            case "cdc":
                CheckChangeFile(action.Value);
                break;
            case "txn":
                _transactions[Text(action.Value, "appId")] = action.Value.GetProperty("version").GetInt64();
                break;
        }
    }

    private void CheckChangeFile(JsonElement cdc)
    {
        var path = Uri.UnescapeDataString(Text(cdc, "path"));
        Assert.StartsWith("_change_data/", path, StringComparison.Ordinal);
        Assert.False(cdc.GetProperty("dataChange").GetBoolean());
        var file = new FileInfo(Path.Combine(table, path));
        Assert.True(file.Exists || _isVacuumed);
        if (!file.Exists)
            return;
        Assert.Equal(file.Length, cdc.GetProperty("size").GetInt64());
        _schema!.CheckPartitionValues(cdc.GetProperty("partitionValues"));
        using var kinds = connection.Query(
            $"SELECT DISTINCT _change_type FROM read_parquet({Sql.Literal(file.FullName)}, hive_partitioning = false)"
        );
        string[] known = ["insert", "update_preimage", "update_postimage", "delete"];
        Assert.All(kinds.Rows(), row => Assert.Contains((string)row[0]!, known));
    }

    private static void CheckCommitInfo(JsonElement info)
    {
        Assert.True(info.GetProperty("timestamp").GetInt64() > 0);
        Assert.NotEmpty(Text(info, "operation"));
        Assert.All(
            info.GetProperty("operationParameters").EnumerateObject(),
            value => Assert.NotEqual(JsonValueKind.Object, value.Value.ValueKind)
        );
        Assert.All(
            info.GetProperty("operationMetrics").EnumerateObject(),
            value => long.Parse(value.Value.GetString()!, CultureInfo.InvariantCulture)
        );
        Assert.StartsWith("ServerlessHub/", Text(info, "engineInfo"), StringComparison.Ordinal);
    }

    private static void CheckProtocol(JsonElement protocol)
    {
        Assert.Equal(protocol.GetProperty("minReaderVersion").GetInt32() == 3, protocol.TryGetProperty("readerFeatures", out _));
        Assert.Equal(protocol.GetProperty("minWriterVersion").GetInt32() == 7, protocol.TryGetProperty("writerFeatures", out _));
    }

    private void CheckMetadata(JsonElement metadata)
    {
        Assert.True(Guid.TryParse(Text(metadata, "id"), out _));
        Assert.Equal("parquet", Text(metadata.GetProperty("format"), "provider"));
        Assert.Empty(metadata.GetProperty("format").GetProperty("options").EnumerateObject());
        Assert.Equal(JsonValueKind.Object, metadata.GetProperty("configuration").ValueKind);
        var partitions = metadata.GetProperty("partitionColumns").EnumerateArray().Select(column => column.GetString()!).ToList();
        var properties = metadata.GetProperty("configuration");
        var isMapped =
            HasFeature("readerFeatures", "columnMapping")
            && properties.TryGetProperty("delta.columnMapping.mode", out var mode)
            && mode.GetString() is "name" or "id";
        var numbers = properties
            .EnumerateObject()
            .Where(property => property.Name.StartsWith("delta.rowTracking.materialized", StringComparison.Ordinal))
            .Select(property => property.Value.GetString()!);
        _schema = new CheckedSchema(JsonDocument.Parse(Text(metadata, "schemaString")).RootElement, partitions, isMapped, [.. numbers]);
        if (isMapped)
            CheckMapping(long.Parse(Text(properties, "delta.columnMapping.maxColumnId"), CultureInfo.InvariantCulture));
        if (_metadata.ValueKind == JsonValueKind.Object)
            Assert.Equal(Text(_metadata, "id"), Text(metadata, "id"));
    }

    /// <summary>A column keeps its number and its place in files for ever, and no other one ever has them.</summary>
    private void CheckMapping(long highest)
    {
        foreach (var (id, path) in _schema!.Ids)
        {
            if (_columns.TryAdd(id, path))
                Assert.DoesNotContain(_columns, column => column.Key != id && column.Value == path);
            Assert.Equal(_columns[id], path);
        }
        Assert.True(highest >= _columns.Keys.Max());
    }

    private bool HasFeature(string list, string feature) =>
        _protocol.ValueKind == JsonValueKind.Object
        && _protocol.TryGetProperty(list, out var features)
        && features.EnumerateArray().Any(name => name.GetString() == feature);

    private void ApplyAdd(JsonElement add)
    {
        var path = Uri.UnescapeDataString(Text(add, "path"));
        Assert.False(_live.ContainsKey(path), $"'{path}' is added, and is in the table already");
        Assert.False(Path.IsPathRooted(path));
        Assert.Equal(_changesRows, add.GetProperty("dataChange").GetBoolean());
        Assert.True(add.GetProperty("modificationTime").GetInt64() > 0);
        var file = new FileInfo(Path.Combine(table, path));
        Assert.True(file.Exists || _isVacuumed, $"'{path}' is in the log and not on disk");
        // A table that is restored has a file again.
        var isNew = _checkedFiles.Add(path);
        Assert.True(isNew || _removed.Contains(path), $"the name '{path}' is used again");
        if (add.TryGetProperty("deletionVector", out var vector))
            CheckVector(add, vector);
        _schema!.CheckPartitionValues(add.GetProperty("partitionValues"));
        if (file.Exists)
        {
            Assert.Equal(file.Length, add.GetProperty("size").GetInt64());
            _schema.CheckFile(file.FullName, JsonDocument.Parse(Text(add, "stats")).RootElement, isNew, connection);
        }
        _live[path] = add;
    }

    private void CheckVector(JsonElement add, JsonElement vector)
    {
        Assert.Contains("deletionVectors", _protocol.GetProperty("readerFeatures").EnumerateArray().Select(feature => feature.GetString()));
        Assert.False(JsonDocument.Parse(Text(add, "stats")).RootElement.GetProperty("tightBounds").GetBoolean());
        Assert.InRange(vector.GetProperty("cardinality").GetInt64(), 1, Rows(add) - 1);
        if (!_isVacuumed || File.Exists(_vectors.FileOf(vector)))
            _vectors.Check(vector, Rows(add));
    }

    /// <summary>A file has numbers for its rows, which no other ever had, and the log says up to which they were given.</summary>
    private void CheckRowIds(int version, List<JsonProperty> actions)
    {
        var before = _highestRowId;
        var marks = actions
            .Where(action => action.Name == "domainMetadata" && Text(action.Value, "domain") == "delta.rowTracking")
            .ToList();
        foreach (var mark in marks)
            _highestRowId = JsonDocument.Parse(Text(mark.Value, "configuration")).RootElement.GetProperty("rowIdHighWaterMark").GetInt64();
        foreach (var add in actions.Where(action => action.Name == "add").Select(action => action.Value))
        {
            var path = Uri.UnescapeDataString(Text(add, "path"));
            var from = add.GetProperty("baseRowId").GetInt64();
            var ids = (From: from, To: from + Rows(add) - 1);
            if (_rowIds.TryGetValue(path, out var known))
                Assert.Equal(known, ids);
            else
            {
                Assert.True(from > before);
                Assert.Equal(version, add.GetProperty("defaultRowCommitVersion").GetInt64());
                Assert.DoesNotContain(_rowIds.Values, other => other.From <= ids.To && ids.From <= other.To);
                _rowIds[path] = ids;
            }
            Assert.True(ids.To <= _highestRowId);
        }
    }

    private void ApplyRemove(JsonElement remove)
    {
        var path = Uri.UnescapeDataString(Text(remove, "path"));
        Assert.True(_live.Remove(path, out var add), $"'{path}' is removed, and is not in the table");
        _removed.Add(path);
        Assert.Equal(Text(add, "path"), Text(remove, "path"));
        Assert.True(remove.GetProperty("deletionTimestamp").GetInt64() > 0);
        Assert.Equal(_changesRows, remove.GetProperty("dataChange").GetBoolean());
        Assert.True(remove.GetProperty("extendedFileMetadata").GetBoolean());
        Assert.Equal(add.GetProperty("size").GetInt64(), remove.GetProperty("size").GetInt64());
        Assert.Equal(add.GetProperty("partitionValues").GetRawText(), remove.GetProperty("partitionValues").GetRawText());
    }

    private void CheckHint()
    {
        var path = Path.Combine(Log, "_last_checkpoint");
        if (!File.Exists(path))
            return;
        var hint = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        // A checkpoint that was written without a hint to it may be there beside the one that has it.
        Assert.Contains(
            (hint.GetProperty("sizeInBytes").GetInt64(), hint.GetProperty("size").GetInt64()),
            Directory
                .EnumerateFiles(Log, $"{hint.GetProperty("version").GetInt64():D20}.checkpoint.*")
                .Select(file => new CheckpointChecker(file, connection))
                .Select(checkpoint => (checkpoint.Size, checkpoint.CountActions()))
        );
        Assert.Matches("^[0-9a-f]{32}$", Text(hint, "checksum"));
        if (hint.TryGetProperty("v2Checkpoint", out var second))
            Assert.Equal(new FileInfo(Path.Combine(Log, Text(second, "path"))).Length, second.GetProperty("sizeInBytes").GetInt64());
    }

    private static void AssertUnique(List<JsonProperty> actions, string name, string key)
    {
        var values = actions.Where(action => action.Name == name).Select(action => Text(action.Value, key)).ToList();
        Assert.Equal(values.Count, values.Distinct().Count());
    }

    private static long Rows(JsonElement add) => JsonDocument.Parse(Text(add, "stats")).RootElement.GetProperty("numRecords").GetInt64();

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
