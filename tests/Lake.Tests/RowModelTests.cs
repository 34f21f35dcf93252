using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

/// <summary>Changes of rows against a plain list, with and without deletion vectors and a change feed.</summary>
public sealed class RowModelTests
{
    private static readonly Gen<ModelRow> Row =
        from key in Gen.Choose(0, 40)
        from partition in Gen.Elements<string?>("a", "b c", null)
        from value in Gen.Elements<string?>("x", "y", "", null, ModelRow.Deletes)
        select new ModelRow(key == 40 ? null : key, partition, value);

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (3, from rows in Row.ListOf().Resize(40) select new Step(StepKind.Append, [.. rows])),
        (3, from rows in Row.ListOf().Resize(6) select new Step(StepKind.Merge, [.. rows.DistinctBy(row => row.Key)])),
        (2, from rows in Row.ListOf().Resize(6) select new Step(StepKind.Replace, [.. rows.Where(row => row.Key < LakeModel.Middle)])),
        (2, from row in Row select new Step(StepKind.Delete, [row])),
        (3, from row in Row select new Step(StepKind.Update, [row])),
        (1, from row in Row select new Step(StepKind.Restore, [row]))
    );

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    [InlineData(true, true, true, "name")]
    [InlineData(false, true, false, "id")]
    public void Any_sequence_of_changes_leaves_the_rows_of_a_plain_list_at_every_version_and_in_the_feed(
        bool vectors,
        bool feed,
        bool partitioned,
        string mapping = "none"
    )
    {
        Prop.ForAll(Steps.NonEmptyListOf().Resize(9).ToArbitrary(), steps => Check([.. steps], vectors, feed, partitioned, mapping))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(6));
    }

    private static void Check(List<Step> steps, bool vectors, bool feed, bool partitioned, string mapping)
    {
        using var lake = new TestLake();
        var model = new LakeModel();
        var versions = new List<List<ModelRow>>();
        var options = lake.Options() with
        {
            PartitionBy = partitioned ? ["p"] : [],
            Properties = new Dictionary<string, string?>
            {
                ["delta.enableDeletionVectors"] = vectors ? "true" : null,
                ["delta.enableChangeDataFeed"] = feed ? "true" : null,
                ["delta.columnMapping.mode"] = mapping,
            },
        };
        var first = Enumerable.Range(0, 30).Select(key => new ModelRow(key, key % 2 == 0 ? "a" : null, "x")).ToList();
        foreach (var step in steps.Prepend(new Step(StepKind.Append, first)))
        {
            Apply(lake, model, versions, step, options);
            versions.Add([.. model.Rows]);
            if (feed && versions.Count > 1)
                Assert.Equal(Difference(versions[^2], versions[^1]), Feed(lake, versions.Count - 1));
        }
        for (var version = 0; version < versions.Count; version++)
            Assert.Equal(Text(versions[version]), Rows(lake, version));
        if (feed)
            new ForeignReader(lake.Root, lake.Connection).CheckChanges("t", 0, versions.Count - 1);
    }

    private static void Apply(TestLake lake, LakeModel model, List<List<ModelRow>> versions, Step step, WriteOptions first)
    {
        var write = new ModelWrite(step.Mode, step.Rows);
        var row = step.Rows.Count > 0 ? step.Rows[0] : null;
        switch (step.Kind)
        {
            case StepKind.Delete:
                lake.Delete($"v = {Literal(row!.Value)}");
                model.Delete(row.Value);
                break;
            case StepKind.Update:
                lake.Update(new() { ["v"] = $"{Literal(row!.Value)}::VARCHAR" }, $"k = {row.Key ?? -1}");
                model.Update(row.Key ?? -1, row.Value);
                break;
            case StepKind.Restore:
                var version = (row!.Key ?? 0) % versions.Count;
                TestLake.Commit(lake.Table().StageRestore(lake.Options(), version));
                model.Restore(versions[version]);
                break;
            default:
                var options = versions.Count == 0 ? first : lake.Options(step.Mode);
                lake.Write(
                    write.Sql,
                    options with
                    {
                        Keys = ["k"],
                        DeleteWhen = $"v = '{ModelRow.Deletes}'",
                        ReplaceWhere = $"k < {LakeModel.Middle}",
                    }
                );
                model.Apply(write);
                break;
        }
    }

    /// <summary>What came and went; a row that stays as it is counts for nothing, however often it is written.</summary>
    private static string[] Difference(List<ModelRow> before, List<ModelRow> after)
    {
        var counts = new Dictionary<string, int>();
        foreach (var text in Text(before))
            counts[text] = counts.GetValueOrDefault(text) - 1;
        foreach (var text in Text(after))
            counts[text] = counts.GetValueOrDefault(text) + 1;
        return
        [
            .. counts.Where(count => count.Value != 0).Select(count => $"{count.Value:+0;-0} {count.Key}").Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The same from the log: of the change files if a version has any, otherwise of the files added and removed.</summary>
    private static string[] Feed(TestLake lake, long version)
    {
        var actions = File.ReadLines(lake.Commit(version)).Select(line => JsonNode.Parse(line)!.AsObject().Single()).ToList();
        var files = actions.Where(action => action.Key == "cdc").Select(action => action.Value!).ToList();
        if (files.Count == 0)
            return Difference(Read(lake, version - 1), Read(lake, version));
        var counts = new Dictionary<string, int>();
        var (k, p, v) = (Physical("k"), Physical("p"), Physical("v"));
        foreach (var file in files)
        {
            var path = lake.File($"t/{Uri.UnescapeDataString(file["path"]!.ToString())}");
            var partition = file["partitionValues"]![p] is { } value ? $"{Literal(value.ToString())} AS p" : "NULL::VARCHAR AS p";
            var columns = file["partitionValues"]!.AsObject().Count == 0 ? Sql.Identifier(p) : partition;
            using var result = lake.Connection.Query(
                $"SELECT {Sql.Identifier(k)}, {columns}, {Sql.Identifier(v)}, _change_type FROM read_parquet({Sql.Literal(path)}, hive_partitioning = false)"
            );
            foreach (var row in result.Rows())
            {
                var text = new ModelRow((int?)row[0], (string?)row[1], (string?)row[2]).ToString();
                counts[text] = counts.GetValueOrDefault(text) + ((string)row[3]! is "insert" or "update_postimage" ? 1 : -1);
            }
        }
        return
        [
            .. counts.Where(count => count.Value != 0).Select(count => $"{count.Value:+0;-0} {count.Key}").Order(StringComparer.Ordinal),
        ];

        string Physical(string column) => lake.Table().TryRead()!.Schema.Find(column)!.PhysicalName;
    }

    private static List<ModelRow> Read(TestLake lake, long version)
    {
        using var scan = lake.Table().TryRead(version)!.Scan(lake.Connection);
        using var result = lake.Connection.Query(scan.Sql);
        return [.. result.Rows().Select(row => new ModelRow((int?)row[0], (string?)row[1], (string?)row[2]))];
    }

    private static string[] Rows(TestLake lake, long version) => Text(Read(lake, version));

    private static string[] Text(List<ModelRow> rows) => [.. rows.Select(row => row.ToString()).Order(StringComparer.Ordinal)];

    private static string Literal(string? text) => text is null ? "NULL" : Sql.Literal(text);

    private enum StepKind
    {
        Append,
        Merge,
        Replace,
        Delete,
        Update,
        Restore,
    }

    private sealed record Step(StepKind Kind, IReadOnlyList<ModelRow> Rows)
    {
        public WriteMode Mode =>
            Kind switch
            {
                StepKind.Merge => WriteMode.Merge,
                StepKind.Replace => WriteMode.OverwriteWhere,
                _ => WriteMode.Append,
            };
    }
}
