using ServerlessHub.Engine;
using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

/// <summary>Tables in a storage account: what the engine reads is fetched, what it writes is uploaded.</summary>
public sealed class AzureTableTests : IDisposable
{
    private readonly TestLake _lake = new(inAzure: true);

    private TestContainer Container => _lake.Container!;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void What_is_written_is_read_again_from_a_machine_that_has_none_of_it()
    {
        _lake.Write("SELECT i AS id, i % 3 AS p FROM range(1000) t(i)", _lake.Options() with { PartitionBy = ["p"] });
        _lake.Write("SELECT 5 AS id, 9 AS p");
        ForgetCache();

        Assert.Equal(1001, _lake.Rows().Length);
        Assert.Equal(4, _lake.Table().TryRead()!.Files.Count);
        Assert.Equal(2, _lake.Table().History().Count);
    }

    [Fact]
    public void Another_reader_finds_its_files_and_vectors_whatever_its_partitions_are_named()
    {
        string[] values = ["plain", "a b", "a/b", "%41", "é €", "?", "#", "a=b", "a:b*c[d]", "'"];
        var rows = string.Join(", ", values.Select((value, i) => $"({i}, {Sql.Literal(value)}), ({i + 100}, {Sql.Literal(value)})"));
        _lake.Write(
            $"SELECT * FROM (VALUES {rows}) t(id, p)",
            _lake.Options() with
            {
                PartitionBy = ["p"],
                Properties = new Dictionary<string, string?> { ["delta.enableDeletionVectors"] = "true" },
            }
        );
        _lake.Delete("id IN (100, 102, 104)");

        var table = $"deltaLakeAzure({ClickHouse.Text(AzuriteServer.Shared.ConnectionString)}, '{Container.Client.Name}', 'lake/t')";
        var theirs = ClickHouse.Shared.Run($"SELECT concat(id, ' ', p) FROM {table} FORMAT TSVRaw").TrimEnd('\n').Split('\n');
        using var scan = _lake.Table().TryRead()!.Scan(_lake.Connection);
        using var ours = _lake.Connection.Query($"SELECT id || ' ' || p FROM ({scan.Sql})");
        Assert.Equal(ours.Rows().Select(row => (string)row[0]!).Order(), theirs.Order());
    }

    [Fact]
    public void Rows_are_merged_updated_deleted_and_restored()
    {
        _lake.Write("SELECT i AS id, 'old' AS v FROM range(10) t(i)");
        ForgetCache();
        _lake.Write("SELECT i AS id, 'new' AS v FROM range(8, 12) t(i)", _lake.Merge("id"));
        ForgetCache();
        _lake.Update(new() { ["v"] = "'same'" }, "id = 0");
        ForgetCache();
        _lake.Delete("id BETWEEN 1 AND 7");
        ForgetCache();

        Assert.Equal(
            ["{'id': 0, 'v': same}", "{'id': 8, 'v': new}", "{'id': 9, 'v': new}", "{'id': 10, 'v': new}", "{'id': 11, 'v': new}"],
            _lake.Rows()
        );
        Assert.Equal(10, _lake.Rows(version: 0).Length);
    }

    [Fact]
    public void Small_files_are_put_together_and_the_old_ones_deleted()
    {
        for (var i = 0; i < 3; i++)
            _lake.Write($"SELECT {i} AS id");
        ForgetCache();
        var optimized = _lake.Table().Optimize(_lake.Connection, new());
        Assert.Equal((1, 3, 3L), (optimized.FilesAdded, optimized.FilesRemoved, optimized.Version));

        // The account dates blobs by whole seconds; once the next one has begun, the files have not been needed since before.
        var now = new VacuumOptions { OlderThan = TimeSpan.Zero, Force = true };
        Assert.True(SpinWait.SpinUntil(() => _lake.Table().FindUnusedFiles(now).Count() == 3, TimeSpan.FromMinutes(1)));
        var vacuumed = _lake.Table().Vacuum(now);
        Assert.Equal((3, optimized.BytesRemoved), (vacuumed.FilesDeleted, vacuumed.BytesDeleted));
        ForgetCache();

        Assert.Single(Container.Client.GetBlobs(), blob => blob.Name.EndsWith(".parquet", StringComparison.Ordinal));
        Assert.Equal(["{'id': 0}", "{'id': 1}", "{'id': 2}"], _lake.Rows());
    }

    [Fact]
    public void A_checkpoint_is_written_and_opens_the_table()
    {
        for (var i = 0; i < 12; i++)
            _lake.Write($"SELECT {i} AS id");
        ForgetCache();

        Assert.NotNull(_lake.Storage.Find("t/_delta_log/00000000000000000010.checkpoint.parquet"));
        Assert.Equal(12, _lake.Rows().Length);
    }

    [Fact]
    public void A_value_that_must_be_there_is_looked_for_in_what_was_written()
    {
        var options = _lake.Options() with { Schema = [new("id", LogicalType.BigInt, Nullable: false)] };
        Assert.Throws<LakeException>(() => _lake.Write("SELECT NULL::BIGINT AS id", options));

        Assert.Empty(Container.Client.GetBlobs());
        Assert.Empty(Staged());
    }

    [Fact]
    public void A_query_that_fails_half_way_leaves_nothing_here_and_nothing_there()
    {
        const string Sql =
            "SELECT CASE WHEN i = 2999999 THEN CAST('no number' AS INTEGER) ELSE i::INTEGER END AS id, (i % 3)::INTEGER AS p FROM range(3000000) t(i)";
        Assert.Throws<EngineException>(() => _lake.Table().Stage(_lake.Connection, Sql, _lake.Options() with { PartitionBy = ["p"] }));

        Assert.Empty(Container.Client.GetBlobs());
        Assert.Empty(Staged());
    }

    [Fact]
    public void A_write_that_is_not_committed_leaves_nothing()
    {
        using (_lake.Table().Stage(_lake.Connection, "SELECT 1 AS id", _lake.Options()))
            Assert.Single(Container.Client.GetBlobs());

        Assert.Empty(Container.Client.GetBlobs());
    }

    [Fact]
    public void A_data_file_that_is_gone_is_named()
    {
        _lake.Write("SELECT 1 AS id");
        var snapshot = _lake.Table().TryRead()!;
        Container.Client.DeleteBlob($"lake/t/{snapshot.Files[0].Path}");
        _lake.IsDamaged = true;
        ForgetCache();

        var error = Assert.Throws<LakeException>(() => snapshot.Scan(_lake.Connection));
        Assert.Contains(snapshot.Files[0].Path, error.Message, StringComparison.Ordinal);
        Assert.Throws<LakeException>(() => _lake.Write("SELECT 1 AS id", _lake.Merge("id")));
    }

    [Fact]
    public void A_closed_in_database_writes_and_reads_what_it_is_allowed()
    {
        var table = _lake.Table();
        using var database = Database.Open();
        database.Seal(table.AllowedPaths, table.AllowedPaths);
        using var connection = database.Connect();
        table.Write(connection, "SELECT 1 AS id, 'a' AS v", _lake.Options());
        table.Write(connection, "SELECT 1 AS id, 'b' AS v", _lake.Merge("id"));

        Assert.Equal(["{'id': 1, 'v': b}"], _lake.Rows());
    }

    [Fact]
    public void Of_eight_processes_that_commit_to_one_table_at_once_no_commit_is_lost_or_doubled()
    {
        var writes = Campaign.Commits(inSuite: 12);
        var writers = Enumerable
            .Range(0, 8)
            .Select(index =>
                WriterProcess.Start(
                    $"{Container.Place("lake")}",
                    $"p{index}",
                    writes,
                    index == 0 ? WriteMode.Merge : WriteMode.Append,
                    Container.CacheFolder
                )
            )
            .ToList();
        writers.ForEach(ProcessTests.AssertEnds);

        var snapshot = _lake.Table().TryRead()!;
        using var scan = snapshot.Scan(_lake.Connection);
        Assert.Equal((8 * writes) - 1, snapshot.Version);
        var rows = 8 * writes * WriterProcess.RowsPerWrite;
        Assert.Equal(
            [$"{{'rows': {rows}, 'ids': {rows}}}"],
            _lake.Query($"SELECT count(*) AS rows, count(DISTINCT id) AS ids FROM ({scan.Sql})")
        );
    }

    private void ForgetCache()
    {
        foreach (var folder in Directory.GetDirectories(Container.CacheFolder, "files"))
            Directory.Delete(folder, recursive: true);
    }

    private string[] Staged() =>
        Directory.GetFiles(Path.Combine(Container.CacheFolder, "staging"), "*.parquet", SearchOption.AllDirectories);
}
