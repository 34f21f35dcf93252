using System.Text.Json.Nodes;
using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

public sealed class ChangeFeedTests : IDisposable
{
    private static readonly (string, string) On = ("delta.enableChangeDataFeed", "true");
    private static readonly string Schema = $"{ForeignTable.Field("id", "long")},{ForeignTable.Field("p", "string")}";
    private readonly TestLake _lake = new();
    private readonly ForeignTable _table;

    public ChangeFeedTests()
    {
        _table = new(_lake);
        _table.Data("a.parquet", "SELECT range AS id FROM range(4)");
        _table.Data("b.parquet", "SELECT 10 AS id");
        _table.Data("_change_data/c.parquet", "SELECT 3 AS id, 'update_preimage' AS _change_type UNION ALL SELECT 33, 'update_postimage'");
    }

    public void Dispose() => _lake.Dispose();

    private static JsonObject Partition => new() { ["p"] = "x" };

    [Fact]
    public void Changes_are_what_was_added_removed_marked_deleted_and_written_as_changes()
    {
        var one = ForeignTable.Inline(RoaringBytes.Portable(false, 1), 1);
        var two = ForeignTable.Inline(RoaringBytes.Portable(false, 2), 1);
        Create();
        _table.Commit(Removed(null), Added(one));
        _table.Commit(Removed(one), Added(two));
        _table.Commit(
            Removed(two),
            ForeignTable.Action(
                "cdc",
                new JsonObject
                {
                    ["path"] = "_change_data/c.parquet",
                    ["partitionValues"] = Partition,
                    ["size"] = 1,
                    ["dataChange"] = false,
                }
            )
        );
        _table.Commit(ForeignTable.Add("b.parquet", 1, partitionValues: Partition));
        _table.Commit(ForeignTable.Remove("b.parquet", partitionValues: Partition, dataChange: false));

        Assert.Equal(
            [
                "0 insert 0",
                "0 insert 1",
                "0 insert 2",
                "0 insert 3",
                "1 delete 1",
                "2 delete 2",
                "2 insert 1",
                "3 update_postimage 33",
                "3 update_preimage 3",
                "4 insert 10",
            ],
            Changes(0)
        );
        Assert.Equal(["2 delete 2", "2 insert 1"], Changes(2, 2));
        using var scan = _lake.Table().Changes(_lake.Connection, 0);
        Assert.Equal(
            ["id BIGINT", "p VARCHAR", "_change_type VARCHAR", "_commit_version BIGINT", "_commit_timestamp TIMESTAMP WITH TIME ZONE"],
            Columns(scan.Sql)
        );
        Assert.Equal(["{'p': x}"], _lake.Query($"SELECT DISTINCT p FROM ({scan.Sql})"));
    }

    [Fact]
    public void Commits_are_found_by_the_time_at_which_they_were_made()
    {
        Create();
        _table.Commit(ForeignTable.Add("b.parquet", 1, partitionValues: Partition));
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_lake.Commit(0), start);
        File.SetLastWriteTimeUtc(_lake.Commit(1), start.AddHours(1));

        using (var scan = _lake.Table().Changes(_lake.Connection, start.AddMinutes(1), start.AddHours(2)))
            Assert.Equal(["1 insert 10"], Read(scan));
        using (var scan = _lake.Table().Changes(_lake.Connection, start, start.AddMinutes(1)))
            Assert.Equal(4, Read(scan).Length);
        using (var scan = _lake.Table().Changes(_lake.Connection, 1))
            Assert.Equal(
                ["{'t': '2024-01-01 01:00:00+00'}"],
                _lake
                    .Query($"SELECT DISTINCT _commit_timestamp AS t FROM ({scan.Sql})")
                    .Select(row => row.Replace("\"", "'", StringComparison.Ordinal))
            );
        Assert.Throws<LakeException>(() => _lake.Table().Changes(_lake.Connection, start.AddHours(3)));
    }

    [Fact]
    public void A_closed_in_database_reads_the_changes_when_it_may_read_their_files()
    {
        Create();
        using var shown = _lake.Table().Changes(null, 0);
        using var database = Database.Open();
        database.Seal([], shown.Paths);
        using var connection = database.Connect();
        using var scan = _lake.Table().Changes(connection, 0);
        using var rows = connection.Query($"SELECT count(*) FROM ({scan.Sql})");

        Assert.Equal(4, rows.Scalar<long>());
    }

    [Fact]
    public void A_version_at_which_the_feed_was_off_is_refused()
    {
        _table.Commit(ForeignTable.Protocol(), ForeignTable.Metadata(Schema, ["p"]));
        _table.Commit(ForeignTable.Metadata(Schema, ["p"], On), Added(null));
        _table.Commit(ForeignTable.Metadata(Schema, ["p"]));

        Assert.Equal((0L, true), Refusal(0));
        Assert.Equal(4, Changes(1, 1).Length);
        Assert.Equal((2L, true), Refusal(1));

        (long?, bool) Refusal(long from)
        {
            var error = Assert.Throws<LakeException>(() => _lake.Table().Changes(_lake.Connection, from));
            return (error.Version, error.Message.Contains("delta.enableChangeDataFeed", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("long", "id", null)]
    [InlineData("decimal(30,2)", "id", null)]
    [InlineData("string", "id", "'id' was long and is string")]
    [InlineData("long", "other", "'id' was dropped")]
    public void A_schema_that_changed_so_that_rows_cannot_be_read_is_refused(string type, string name, string? hint)
    {
        Create();
        _table.Commit(
            ForeignTable.Metadata(
                $"{ForeignTable.Field(name, type)},{ForeignTable.Field("p", "string")},{ForeignTable.Field("n", "date")}",
                ["p"],
                On
            )
        );

        if (hint is null)
            Assert.Equal(4, Changes(0).Length);
        else
            Assert.Contains(
                hint,
                Assert.Throws<LakeException>(() => _lake.Table().Changes(_lake.Connection, 0)).Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void Versions_that_are_gone_and_ranges_that_end_before_they_begin_are_refused()
    {
        Create();
        _table.Commit(ForeignTable.Add("b.parquet", 1, partitionValues: Partition));
        new Log.Checkpointing(_lake.Storage, "t", TimeProvider.System).Write(1);

        Assert.Throws<ArgumentOutOfRangeException>(() => _lake.Table().Changes(_lake.Connection, 1, 0));
        File.Delete(_lake.Commit(0));
        Assert.Contains(
            "can no longer be read",
            Assert.Throws<LakeException>(() => _lake.Table().Changes(_lake.Connection, 0)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(["1 insert 10"], Changes(1));
        Assert.Throws<LakeException>(() => _lake.Table("nowhere").Changes(_lake.Connection, 0));
    }

    private void Create() => _table.Commit(ForeignTable.Protocol("deletionVectors"), ForeignTable.Metadata(Schema, ["p"], On), Added(null));

    private static JsonObject Added(JsonObject? vector) => ForeignTable.Add("a.parquet", 4, Copy(vector), Partition);

    private static JsonObject Removed(JsonObject? vector) => ForeignTable.Remove("a.parquet", Copy(vector), partitionValues: Partition);

    private static JsonObject? Copy(JsonObject? vector) => (JsonObject?)vector?.DeepClone();

    private string[] Changes(long from, long? to = null)
    {
        using var scan = _lake.Table().Changes(_lake.Connection, from, to);
        return Read(scan);
    }

    private string[] Read(SnapshotScan scan)
    {
        using var rows = _lake.Connection.Query(
            $"SELECT concat_ws(' ', _commit_version, _change_type, CAST(id AS BIGINT)) FROM ({scan.Sql}) ORDER BY _commit_version, _change_type, id"
        );
        return [.. rows.Rows().Select(row => (string)row[0]!)];
    }

    private string[] Columns(string sql)
    {
        using var statement = _lake.Connection.Prepare(sql);
        return [.. statement.Columns.Select(column => $"{column.Name} {column.Type}")];
    }
}
