using FsCheck;
using FsCheck.Fluent;

namespace ServerlessHub.Lake.Tests;

public sealed class ModelTests
{
    private static readonly Gen<ModelRow> Row =
        from key in Gen.Choose(0, 12)
        from partition in Gen.Elements<string?>("a", "b", "c/d", "é %", null)
        from value in Gen.Elements<string?>("x", "y", new string('z', 50), "", null, ModelRow.Deletes)
        select new ModelRow(key == 12 ? null : key, partition, value);

    private static readonly Gen<ModelWrite> Write =
        from mode in Gen.Elements(WriteMode.Append, WriteMode.Merge, WriteMode.Merge, WriteMode.Overwrite, WriteMode.OverwritePartitions)
        from rows in Row.ListOf().Resize(6)
        select new ModelWrite(mode, mode == WriteMode.Merge ? [.. rows.DistinctBy(row => row.Key)] : [.. rows]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Any_sequence_of_writes_leaves_the_rows_that_a_plain_list_would_have_at_every_version(bool partitioned)
    {
        Prop.ForAll(Write.NonEmptyListOf().Resize(14).ToArbitrary(), writes => Check([.. writes], partitioned))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(12));
    }

    private static void Check(List<ModelWrite> writes, bool partitioned)
    {
        using var lake = new TestLake();
        var model = new LakeModel();
        var versions = new List<string[]>();
        foreach (var write in writes)
        {
            var mode = write.Mode == WriteMode.OverwritePartitions && !partitioned ? WriteMode.Overwrite : write.Mode;
            var options = lake.Options(mode) with
            {
                PartitionBy = partitioned ? ["p"] : [],
                Keys = ["k"],
                DeleteWhen = $"v = '{ModelRow.Deletes}'",
            };
            var before = model.Rows.Count;
            var metrics = lake.Write(write.Sql, options);
            model.Apply(write with { Mode = mode });
            versions.Add(model.Text());
            Assert.Equal(model.Rows.Count, before + metrics.RowsInserted - metrics.RowsDeleted);
            Assert.Equal(model.Rows.Count, lake.Table().TryRead()!.Rows);
        }
        for (var version = 0; version < versions.Count; version++)
            Assert.Equal(versions[version], Rows(lake, version));
    }

    private static string[] Rows(TestLake lake, int version)
    {
        using var result = lake.Connection.Query(lake.Table().TryRead(version)!.Scan(lake.Connection).Sql);
        return
        [
            .. result
                .Rows()
                .Select(row => new ModelRow((int?)row[0], (string?)row[1], (string?)row[2]).ToString())
                .Order(StringComparer.Ordinal),
        ];
    }
}
