using System.Buffers.Binary;
using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Reading;

namespace ServerlessHub.Lake.Tests;

/// <summary>A table as another implementation would write it: data files by the engine, the log by hand.</summary>
public sealed class ForeignTable
{
    private readonly TestLake _lake;
    private readonly string _name;
    private long _version;

    public ForeignTable(TestLake lake, string name = "t")
    {
        (_lake, _name) = (lake, name);
        lake.IsDamaged = true;
        Directory.CreateDirectory(lake.File($"{name}/_delta_log"));
    }

    public string Folder => _lake.File(_name);

    public static JsonObject Protocol(params string[] readerFeatures) =>
        Action(
            "protocol",
            new JsonObject
            {
                ["minReaderVersion"] = readerFeatures.Length == 0 ? 1 : 3,
                ["minWriterVersion"] = 7,
                ["readerFeatures"] = readerFeatures.Length == 0 ? null : Texts(readerFeatures),
                ["writerFeatures"] = Texts(readerFeatures),
            }
        );

    /// <summary>The metadata of a table with these fields, each an object of the protocol's schema.</summary>
    public static JsonObject Metadata(string fields, string[]? partitionBy = null, params (string Key, string Value)[] properties) =>
        Action(
            "metaData",
            new JsonObject
            {
                ["id"] = "a-table",
                ["format"] = new JsonObject { ["provider"] = "parquet", ["options"] = new JsonObject() },
                ["schemaString"] = $"{{\"type\":\"struct\",\"fields\":[{fields}]}}",
                ["partitionColumns"] = Texts(partitionBy ?? []),
                ["configuration"] = new JsonObject(
                    properties.Select(property => KeyValuePair.Create(property.Key, (JsonNode?)property.Value))
                ),
            }
        );

    /// <summary>A field of a schema.</summary>
    public static string Field(string name, string type, string metadata = "{}") =>
        $"{{\"name\":\"{name}\",\"type\":{(type.StartsWith('{') ? type : $"\"{type}\"")},\"nullable\":true,\"metadata\":{metadata}}}";

    /// <summary>Writes a data file.</summary>
    public void Data(string path, string sql, string options = "")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Folder, path))!);
        _lake.Connection.Execute($"COPY ({sql}) TO {Sql.Literal(Path.Combine(Folder, path))} (FORMAT parquet{options})");
    }

    public static JsonObject Add(
        string path,
        long? rows = null,
        JsonObject? vector = null,
        JsonObject? partitionValues = null,
        string? stats = null
    ) =>
        Action(
            "add",
            new JsonObject
            {
                ["path"] = path,
                ["partitionValues"] = partitionValues ?? [],
                ["size"] = 1000,
                ["modificationTime"] = 0,
                ["dataChange"] = true,
                ["stats"] = stats ?? (rows is null ? null : $"{{\"numRecords\":{rows}}}"),
                ["deletionVector"] = vector,
            }
        );

    public static JsonObject Remove(string path, JsonObject? vector = null, bool dataChange = true, JsonObject? partitionValues = null) =>
        Action(
            "remove",
            new JsonObject
            {
                ["path"] = path,
                ["deletionTimestamp"] = 0,
                ["dataChange"] = dataChange,
                ["extendedFileMetadata"] = true,
                ["partitionValues"] = partitionValues ?? [],
                ["size"] = 1000,
                ["deletionVector"] = vector,
            }
        );

    public static JsonObject Action(string kind, JsonObject content) => new() { [kind] = content };

    /// <summary>Writes the next commit.</summary>
    public void Commit(params JsonObject[] actions) =>
        File.WriteAllLines(_lake.Commit(_version++, _name), actions.Select(action => action.ToJsonString()));

    /// <summary>A deletion vector in the log itself.</summary>
    public static JsonObject Inline(byte[] set, long rows) =>
        new()
        {
            ["storageType"] = "i",
            ["pathOrInlineDv"] = Z85.Encode(set),
            ["sizeInBytes"] = set.Length,
            ["cardinality"] = rows,
        };

    /// <summary>Deletion vectors in a file of the table, each with its descriptor.</summary>
    /// <param name="prefix">The folder of the file.</param>
    /// <param name="sets">Each set, and how many rows it has.</param>
    public JsonObject[] Stored(string prefix, params (byte[] Set, long Rows)[] sets)
    {
        var id = Guid.NewGuid();
        var path = Path.Combine(Folder, prefix, $"deletion_vector_{id}.bin");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        file.WriteByte(1);
        return
        [
            .. sets.Select(entry =>
            {
                var offset = file.Position;
                WriteBigEndian(file, (uint)entry.Set.Length);
                file.Write(entry.Set);
                WriteBigEndian(file, Checksum(entry.Set));
                return new JsonObject
                {
                    ["storageType"] = "u",
                    ["pathOrInlineDv"] = prefix + Z85.Encode(id.ToByteArray(bigEndian: true)),
                    ["offset"] = offset,
                    ["sizeInBytes"] = entry.Set.Length,
                    ["cardinality"] = entry.Rows,
                };
            }),
        ];
    }

    private static void WriteBigEndian(Stream stream, uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        stream.Write(bytes);
    }

    /// <summary>CRC-32 as its definition has it: the remainder of a division, bit by bit.</summary>
    private static uint Checksum(byte[] bytes)
    {
        var remainder = uint.MaxValue;
        foreach (var bit in bytes.SelectMany(value => Enumerable.Range(0, 8).Select(place => (uint)(value >> place) & 1)))
            remainder = ((remainder & 1) ^ bit) == 1 ? (remainder >> 1) ^ 0xEDB88320 : remainder >> 1;
        return ~remainder;
    }

    private static JsonArray Texts(string[] values) => new([.. values.Select(value => (JsonNode)value)]);
}
