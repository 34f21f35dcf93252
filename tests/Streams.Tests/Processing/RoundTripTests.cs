using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Engine;
using ServerlessHub.Streams.Planning;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Tests.Processing;

/// <summary>Random nested JSON is flattened, and put together again from the tables: nothing is lost, whatever its form.</summary>
public sealed class RoundTripTests
{
    private static Gen<JsonNode?> Scalar { get; } =
        Gen.OneOf(
            Gen.Choose(-5, 5).Select(n => (JsonNode?)n),
            Gen.Elements(3_000_000_000L, long.MaxValue, -4_000_000_000L).Select(n => (JsonNode?)n),
            Gen.Elements(0.5, -1.25, 1e10, 3.0e-7).Select(n => (JsonNode?)n),
            Gen.Elements("", "x", "ü\n\"'\\", "12", "null").Select(t => (JsonNode?)t),
            Gen.Elements(true, false).Select(b => (JsonNode?)b),
            Gen.Constant((JsonNode?)null)
        );

    [Fact]
    public void What_was_flattened_can_be_put_together_again()
    {
        var documents = Object(3).NonEmptyListOf().Resize(6);
        Prop.ForAll(documents.ToArbitrary(), list => Check([.. list])).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    private static Gen<JsonNode?> Value(int depth) =>
        depth == 0
            ? Scalar
            : Gen.Frequency(
                (4, Scalar),
                (2, Object(depth - 1).Select(o => (JsonNode?)o)),
                (2, Value(depth - 1).ListOf().Resize(3).Select(items => (JsonNode?)new JsonArray([.. items.Select(i => i?.DeepClone())])))
            );

    private static Gen<JsonObject> Object(int depth) =>
        from names in Gen.SubListOf("a", "b", "c", "d e")
        from values in Gen.CollectToArray(names, _ => Value(depth))
        select new JsonObject(names.Zip(values, (name, value) => KeyValuePair.Create(name, value?.DeepClone())));

    private static void Check(JsonObject[] documents)
    {
        for (var i = 0; i < documents.Length; i++)
            documents[i]["id"] = $"k{i}";
        using var stream = new TestStream(
            """<ingest table="raw"><kafka bootstrapServers="b:1" topic="orders"/></ingest><flatten root="o" key="id"/>"""
        );
        // The first ones alone, so that the type has to grow.
        var first = Math.Max(1, documents.Length / 2);
        using (var processor = stream.Open())
        {
            processor.ProcessBatch(TestStream.Batch(0, 0, [.. documents[..first].Select(d => d.ToJsonString())]));
            if (first < documents.Length)
                processor.ProcessBatch(TestStream.Batch(0, first, [.. documents[first..].Select(d => d.ToJsonString())]));
        }
        var type = LogicalType.Parse(File.ReadAllText(Path.Combine(stream.Folder, "data/ops/streams/shop/staging/orders/type.txt")));
        var tables = FlatTables.Of(stream.Definition.Document.Flatten!, type);
        var rebuilt = new Rebuilt(stream, tables);
        for (var i = 0; i < documents.Length; i++)
            Assert.Equal(Canonical(documents[i]), Canonical(rebuilt.Document($"k{i}")));
    }

    /// <summary>A form in which what the tables do not tell apart is the same: null, nothing, and what holds nothing; a number and its text.</summary>
    private static string Canonical(JsonNode? node) =>
        node switch
        {
            null => "-",
            JsonObject o => o.Select(m => (m.Key, Value: Canonical(m.Value)))
                .Where(m => m.Value != "-")
                .OrderBy(m => m.Key, StringComparer.Ordinal)
                .Select(m => $"{m.Key}={m.Value}")
                .ToArray()
                is { Length: > 0 } members
                ? $"{{{string.Join(",", members)}}}"
                : "-",
            JsonArray a => a.Count == 0 ? "-" : $"[{string.Join(",", a.Select(Canonical))}]",
            _ => node.GetValueKind() switch
            {
                JsonValueKind.String => $"'{Number(node.GetValue<string>())}'",
                JsonValueKind.Number => $"'{Number(node.ToJsonString())}'",
                _ => $"'{node.ToJsonString()}'",
            },
        };

    private static string Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
            : text;

    /// <summary>Puts documents together from the rows of a root and its children.</summary>
    private sealed class Rebuilt(TestStream stream, IReadOnlyList<FlatTable> tables)
    {
        private readonly Dictionary<FlatTable, JsonObject[]> _rows = tables.ToDictionary(
            t => t,
            t => stream.Rows(t.Name, "to_json(t)").Select(r => JsonNode.Parse(r)!.AsObject()).ToArray()
        );

        public JsonNode? Document(string id)
        {
            var row = _rows[tables[0]].Single(r => r["id"]!.GetValue<string>() == id);
            var document = Object(tables[0], row, id);
            if (row[FlatTable.Rescued]?.GetValue<string>() is { } rescued)
                foreach (var (path, value) in JsonNode.Parse(rescued)!.AsObject())
                    document = Put(document, Steps(path), value?.DeepClone());
            return document;
        }

        /// <summary>The object, or the plain value, of a row.</summary>
        private JsonNode? Object(FlatTable table, JsonObject row, string rowId)
        {
            JsonNode? document = null;
            foreach (var column in table.Columns)
                if (row[column.Name] is { } value)
                    document = Put(document, [.. column.Path], Plain(column.Type, value));
            foreach (var child in tables.Where(t => t.Parent == table))
            {
                var rows = _rows[child]
                    .Where(r => r[FlatTable.ParentId]!.GetValue<string>() == rowId)
                    .OrderBy(r => r[FlatTable.Position]!.GetValue<long>());
                var items = rows.Select(r => Object(child, r, r[FlatTable.Id]!.GetValue<string>())).ToArray();
                if (items.Length > 0)
                    document = Put(document, [.. child.List], new JsonArray(items));
            }
            return document;
        }

        private static JsonNode? Plain(LogicalType type, JsonNode value) =>
            type == LogicalType.Json ? JsonNode.Parse(value.GetValue<string>()) : value.DeepClone();

        /// <summary>Sets what is at a path, and makes what leads there.</summary>
        private static JsonNode? Put(JsonNode? at, object[] path, JsonNode? value)
        {
            if (path.Length == 0)
                return value;
            if (path[0] is int index)
            {
                var list = at as JsonArray ?? [];
                while (list.Count <= index)
                    list.Add(null);
                var item = list[index];
                list[index] = null;
                list[index] = Put(item, path[1..], value);
                return list;
            }
            var parent = at as JsonObject ?? [];
            var name = (string)path[0];
            var member = parent[name];
            parent.Remove(name);
            parent[name] = Put(member, path[1..], value);
            return parent;
        }

        private static object[] Steps(string path) =>
            [
                .. path.Replace("[", ".[", StringComparison.Ordinal)
                    .Split('.')
                    .Select(step => step is ['[', ..] ? (object)int.Parse(step[1..^1], CultureInfo.InvariantCulture) : step),
            ];
    }
}
