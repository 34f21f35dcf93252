using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

/// <summary>A schema of a log under check: holds data files, statistics and partition values against it.</summary>
internal sealed partial class CheckedSchema
{
    private static readonly Dictionary<string, string> ParquetTypes = new()
    {
        ["string"] = "BYTE_ARRAY",
        ["long"] = "INT64",
        ["integer"] = "INT32",
        ["short"] = "INT32",
        ["byte"] = "INT32",
        ["float"] = "FLOAT",
        ["double"] = "DOUBLE",
        ["boolean"] = "BOOLEAN",
        ["binary"] = "BYTE_ARRAY",
        ["date"] = "INT32",
        ["timestamp"] = "INT64",
        ["timestamp_ntz"] = "INT64",
    };

    private readonly bool _isMapped;
    private readonly IReadOnlyList<string> _numbers;
    private readonly Dictionary<int, string> _ids = [];
    private readonly Dictionary<string, JsonElement> _fields;
    private readonly List<string> _partitions;

    /// <param name="schema">The schema.</param>
    /// <param name="partitions">The partition columns, by their names in it.</param>
    /// <param name="isMapped">Whether columns have other names in files.</param>
    /// <param name="numbers">The columns that files may have beside those of the schema, for the numbers of rows.</param>
    public CheckedSchema(JsonElement schema, List<string> partitions, bool isMapped, IReadOnlyList<string> numbers)
    {
        (_isMapped, _numbers) = (isMapped, numbers);
        CheckStruct(schema, "");
        var fields = schema.GetProperty("fields").EnumerateArray().ToList();
        _fields = fields.ToDictionary(Physical);
        _partitions = [.. partitions.Select(column => Physical(fields.Single(field => field.GetProperty("name").GetString() == column)))];
        Assert.Equal(partitions.Count, partitions.Distinct().Count());
        Assert.All(_partitions, column => Assert.Equal(JsonValueKind.String, _fields[column].GetProperty("type").ValueKind));
        Assert.True(_fields.Count > partitions.Count);
    }

    /// <summary>The number of each field, and its path in files; empty if columns are not mapped.</summary>
    public IReadOnlyDictionary<int, string> Ids => _ids;

    public void CheckPartitionValues(JsonElement values)
    {
        Assert.Equal(_partitions.Order(), values.EnumerateObject().Select(value => value.Name).Order());
        foreach (var value in values.EnumerateObject().Where(value => value.Value.ValueKind != JsonValueKind.Null))
        {
            var text = value.Value.GetString()!;
            Assert.NotEqual("", text);
            Assert.True(
                IsPartitionValue(_fields[value.Name].GetProperty("type").GetString()!, text),
                $"'{text}' is no value of '{value.Name}'"
            );
        }
    }

    /// <summary>The file has the columns of the schema that are not partition columns, in their types, and the statistics are true of it.</summary>
    public void CheckFile(string file, JsonElement statistics, bool isNew, Connection connection)
    {
        if (isNew)
            CheckIds(file, connection);
        var source = $"read_parquet({Sql.Literal(file)}, hive_partitioning = false)";
        using (var rows = connection.Query($"SELECT count(*) FROM {source}"))
            Assert.Equal(rows.Scalar<long>(), statistics.GetProperty("numRecords").GetInt64());
        Assert.True(statistics.GetProperty("numRecords").GetInt64() > 0, "an empty file is part of the table");
        using (var stored = connection.Query($"SELECT name, type, logical_type FROM parquet_schema({Sql.Literal(file)})"))
        {
            var types = stored.Rows().ToLookup(row => (string)row[0]!, row => ((string?)row[1], row[2]?.ToString() ?? ""));
            using var statement = connection.Prepare($"SELECT * FROM {source}");
            var columns = statement.Columns.Where(column => !_numbers.Contains(column.Name)).ToList();
            Assert.Equal(_fields.Keys.Except(_partitions), columns.Select(column => column.Name));
            foreach (var column in columns)
                CheckType(_fields[column.Name].GetProperty("type"), types[column.Name].ToList());
        }
        foreach (var field in _fields.Where(field => !_partitions.Contains(field.Key)))
            CheckStatistics(source, [field.Key], field.Value.GetProperty("type"), statistics, connection);
    }

    /// <summary>Each column in the file, and each field inside of one, has its number, if columns are mapped, and otherwise none.</summary>
    private void CheckIds(string file, Connection connection)
    {
        using var found = connection.Query($"SELECT field_id, name FROM parquet_schema({Sql.Literal(file)}) WHERE field_id IS NOT NULL");
        Assert.Equal(
            _ids.Where(id => !_partitions.Contains(id.Value)).Select(id => (id.Key, id.Value.Split('\0')[^1])).Order(),
            found.Rows().Select(row => (Convert.ToInt32(row[0]), (string)row[1]!)).Order()
        );
    }

    private static void CheckType(JsonElement type, List<(string? Physical, string Logical)> found)
    {
        if (type.ValueKind != JsonValueKind.String || !ParquetTypes.TryGetValue(type.GetString()!, out var expected))
            return;
        Assert.Contains(found, column => column.Physical == expected);
        if (type.GetString() is "timestamp" or "timestamp_ntz")
            Assert.Contains(
                found,
                column => column.Logical.Contains($"isAdjustedToUTC={(type.GetString() == "timestamp" ? 1 : 0)}", StringComparison.Ordinal)
            );
    }

    private void CheckStatistics(string source, List<string> path, JsonElement type, JsonElement statistics, Connection connection)
    {
        if (type.ValueKind == JsonValueKind.Object)
        {
            if (type.GetProperty("type").GetString() == "struct")
            {
                foreach (var field in type.GetProperty("fields").EnumerateArray())
                    CheckStatistics(source, [.. path, Physical(field)], field.GetProperty("type"), statistics, connection);
            }
            return;
        }
        var column = string.Join('.', path.Select(Sql.Identifier));
        using var result = connection.Query($"SELECT count(*) - count({column}) FROM {source}");
        if (Find(statistics, "nullCount", path) is { } nulls)
            Assert.Equal(result.Scalar<long>(), nulls.GetInt64());
        CheckBound(source, column, type.GetString()!, Find(statistics, "minValues", path), "<", connection);
        CheckBound(source, column, type.GetString()!, Find(statistics, "maxValues", path), ">", connection);
    }

    private static void CheckBound(string source, string column, string type, JsonElement? bound, string beyond, Connection connection)
    {
        if (bound is not { } value)
            return;
        var isText = type is "string" or "date" or "timestamp" or "timestamp_ntz";
        Assert.Equal(isText ? JsonValueKind.String : JsonValueKind.Number, value.ValueKind);
        var text = isText ? value.GetString()! : value.GetRawText();
        Assert.True(type != "string" || text.EnumerateRunes().Count() <= 33, "a text in the statistics is not cut off");
        if (type == "timestamp")
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\d{3})?Z$", text);
        if (text.Contains('\0', StringComparison.Ordinal))
            return;
        using var outside = connection.Query(
            $"SELECT count(*) FROM {source} WHERE {column} {beyond} CAST({Sql.Literal(text)} AS {EngineType(type)})"
        );
        Assert.Equal(0, outside.Scalar<long>());
        // A bound that is no bound of anything would be true of every file.
        using var near = connection.Query($"SELECT {(beyond == "<" ? "min" : "max")}({column}) FROM {source}");
        Assert.NotNull(near.Rows().Single()[0]);
    }

    private static string EngineType(string type) =>
        type switch
        {
            "string" => "VARCHAR",
            "long" => "BIGINT",
            "integer" => "INTEGER",
            "short" => "SMALLINT",
            "byte" => "TINYINT",
            "timestamp" => "TIMESTAMPTZ",
            "timestamp_ntz" => "TIMESTAMP",
            _ => type,
        };

    private static JsonElement? Find(JsonElement statistics, string group, List<string> path)
    {
        if (!statistics.TryGetProperty(group, out var at))
            return null;
        foreach (var part in path)
        {
            if (!at.TryGetProperty(part, out at))
                return null;
        }
        return at;
    }

    private static bool IsPartitionValue(string type, string text) =>
        type switch
        {
            "string" => true,
            "boolean" => text is "true" or "false",
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
            "timestamp" => Instant().IsMatch(text),
            "timestamp_ntz" => LocalTime().IsMatch(text),
            "long" or "integer" or "short" or "byte" => long.TryParse(text, NumberStyles.AllowLeadingSign, null, out _),
            "float" or "double" => text is "NaN" or "Infinity" or "-Infinity" || double.TryParse(text, CultureInfo.InvariantCulture, out _),
            _ => type.StartsWith("decimal(", StringComparison.Ordinal) && Number().IsMatch(text),
        };

    private string Physical(JsonElement field) =>
        (
            _isMapped ? field.GetProperty("metadata").GetProperty("delta.columnMapping.physicalName") : field.GetProperty("name")
        ).GetString()!;

    private void CheckStruct(JsonElement type, string parent)
    {
        Assert.Equal("struct", type.GetProperty("type").GetString());
        var fields = type.GetProperty("fields").EnumerateArray().ToList();
        var names = fields.Select(field => field.GetProperty("name").GetString()!).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        if (!_isMapped)
            Assert.All(names, name => Assert.DoesNotMatch(@"[ ,;{}()\n\t=]", name));
        Assert.Equal(names.Count, fields.Select(Physical).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        foreach (var field in fields)
        {
            Assert.Equal(["name", "type", "nullable", "metadata"], field.EnumerateObject().Select(property => property.Name));
            Assert.True(field.GetProperty("nullable").ValueKind is JsonValueKind.True or JsonValueKind.False);
            Assert.Equal(JsonValueKind.Object, field.GetProperty("metadata").ValueKind);
            var path = parent + Physical(field);
            if (_isMapped)
                Assert.True(_ids.TryAdd(field.GetProperty("metadata").GetProperty("delta.columnMapping.id").GetInt32(), path));
            CheckAnyType(field.GetProperty("type"), path + '\0');
        }
    }

    private void CheckAnyType(JsonElement type, string parent)
    {
        if (type.ValueKind == JsonValueKind.String)
        {
            Assert.True(ParquetTypes.ContainsKey(type.GetString()!) || DecimalType().IsMatch(type.GetString()!), $"no type: {type}");
            return;
        }
        switch (type.GetProperty("type").GetString())
        {
            case "array":
                CheckAnyType(type.GetProperty("elementType"), parent + "element\0");
                type.GetProperty("containsNull").GetBoolean();
                break;
            case "map":
                CheckAnyType(type.GetProperty("keyType"), parent + "key\0");
                CheckAnyType(type.GetProperty("valueType"), parent + "value\0");
                type.GetProperty("valueContainsNull").GetBoolean();
                break;
            default:
                CheckStruct(type, parent);
                break;
        }
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
    private static partial Regex Instant();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$")]
    private static partial Regex LocalTime();

    [GeneratedRegex(@"^-?\d+(\.\d+)?$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^decimal\(\d+,\d+\)$")]
    private static partial Regex DecimalType();
}
