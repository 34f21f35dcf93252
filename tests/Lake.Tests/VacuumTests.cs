using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

public sealed class VacuumTests : IDisposable
{
    private static readonly VacuumOptions Now = new() { OlderThan = TimeSpan.Zero, Force = true };

    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Files_that_no_version_within_the_retention_needs_are_deleted_and_counted()
    {
        Write("SELECT 1 AS i", daysAgo: 20);
        Write("SELECT 2 AS i", daysAgo: 10, WriteMode.Overwrite);
        Write("SELECT 3 AS i", daysAgo: 3, WriteMode.Overwrite);
        Age(30);
        var gone = _lake.Table().TryRead(0)!.Files.Single();

        Assert.Equal([$"t/{gone.Path}"], _lake.Table().FindUnusedFiles(new()).Select(file => file.Path));
        Assert.True(File.Exists(_lake.File($"t/{gone.Path}")));
        var result = _lake.Table().Vacuum(new());

        Assert.Equal((1, gone.Size), (result.FilesDeleted, result.BytesDeleted));
        Assert.False(File.Exists(_lake.File($"t/{gone.Path}")));
        Assert.Equal(["{'i': 2}"], _lake.Rows(1));
        Assert.Equal(["{'i': 3}"], _lake.Rows());
        Assert.Equal(gone.Path, _lake.Table().TryRead(0)!.FindMissingFiles().Single());
        Assert.Empty(_lake.Table().FindUnusedFiles(new()));
    }

    [Fact]
    public void A_file_that_is_young_by_the_storages_clock_stays_whatever_the_local_clock_says()
    {
        Write("SELECT 1 AS i", daysAgo: 20);
        File.WriteAllText(_lake.File("t/part-being-written.parquet"), "");

        var future = new DeltaTable(_lake.Storage, "t", new FixedTime(DateTimeOffset.UtcNow.AddDays(100)));
        Assert.Equal(0, future.Vacuum(new()).FilesDeleted);

        File.SetLastWriteTimeUtc(_lake.File("t/part-being-written.parquet"), DateTime.UtcNow.AddDays(-8));
        Assert.Equal(1, future.Vacuum(new()).FilesDeleted);
    }

    [Fact]
    public void Less_than_the_tables_own_retention_is_refused_unless_it_is_forced()
    {
        Write("SELECT 1 AS i", daysAgo: 2);
        Write("SELECT 2 AS i", daysAgo: 2, WriteMode.Overwrite);
        Age(2);

        var day = new VacuumOptions { OlderThan = TimeSpan.FromDays(1) };
        var error = Assert.Throws<LakeException>(() => _lake.Table().Vacuum(day));
        Assert.Contains("kept for 7 days (delta.deletedFileRetentionDuration)", error.Message, StringComparison.Ordinal);
        Assert.Throws<LakeException>(() => _lake.Table().FindUnusedFiles(day).Any());
        Assert.Equal(1, _lake.Table().TryRead()!.Version);

        Assert.Equal(1, _lake.Table().Vacuum(day with { Force = true }).FilesDeleted);
    }

    [Fact]
    public void The_tables_property_says_how_long_files_are_kept()
    {
        Write("SELECT 1 AS i", daysAgo: 2, properties: ("delta.deletedFileRetentionDuration", "interval 1 day"));
        Write("SELECT 2 AS i", daysAgo: 2, WriteMode.Overwrite);
        Age(2);

        Assert.Equal(1, _lake.Table().Vacuum(new()).FilesDeleted);
    }

    [Fact]
    public void What_a_checkpoint_has_forgotten_is_kept_as_long_as_was_asked_for()
    {
        Write("SELECT 1 AS i", daysAgo: 20, properties: ("delta.checkpointInterval", "2"));
        Write("SELECT 2 AS i", daysAgo: 20, WriteMode.Overwrite);
        Write("SELECT 3 AS i", daysAgo: 20);
        Age(20);
        Assert.True(File.Exists(_lake.File("t/_delta_log/00000000000000000002.checkpoint.parquet")));

        Assert.Equal(0, _lake.Table().Vacuum(new() { OlderThan = TimeSpan.FromDays(25) }).FilesDeleted);
        Assert.Equal(1, _lake.Table().Vacuum(new() { OlderThan = TimeSpan.FromDays(15) }).FilesDeleted);
    }

    [Fact]
    public void Deletion_vectors_and_changes_go_with_their_versions_and_those_in_use_stay()
    {
        Write(
            "SELECT i FROM range(200000) t(i)",
            daysAgo: 20,
            WriteMode.Append,
            ("delta.enableDeletionVectors", "true"),
            ("delta.enableChangeDataFeed", "true")
        );
        TestLake.Commit(Table(daysAgo: 20).StageDelete(_lake.Connection, "i < 3", _lake.Options()));
        TestLake.Commit(Table(daysAgo: 20).StageDelete(_lake.Connection, "i < 5", _lake.Options()));
        Age(20);
        Assert.Equal(2, Directory.GetFiles(_lake.File("t"), "deletion_vector_*").Length);
        Assert.Equal(2, Directory.GetFiles(_lake.File("t/_change_data")).Length);

        _lake.Table().Vacuum(new());

        Assert.Single(Directory.GetFiles(_lake.File("t"), "deletion_vector_*"));
        Assert.Empty(Directory.GetFiles(_lake.File("t/_change_data")));
        Assert.Equal(199_995, _lake.Rows().Length);
    }

    [Fact]
    public void Only_files_of_the_table_go_and_folders_that_have_long_been_empty()
    {
        _lake.Write("SELECT i, i % 2 AS _p FROM range(4) t(i)", _lake.Options() with { PartitionBy = ["_p"] });
        _lake.Write("SELECT 1 AS i", path: "t/inner");
        string[] stay = ["_hidden/a", ".b", "_c", "x/_d", "_delta_log/f.txt", "t.parquet.crc/_g"];
        string[] go =
        [
            "a",
            "_p=0/b",
            "_p=7/c",
            "_change_data/d",
            "x/e",
            "_delta_log/.f.json.tmp",
            "_delta_log/.tmp/g",
            "_delta_log/_sidecars/h.parquet",
        ];
        foreach (var path in stay.Concat(go))
            Put(path);
        foreach (var folder in new[] { "empty", "outer/empty" })
            Directory.CreateDirectory(_lake.File($"t/{folder}"));
        Age(30);
        Directory.CreateDirectory(_lake.File("t/new"));
        var log = Directory.GetFiles(_lake.File("t/_delta_log"), "0*");

        var result = _lake.Table().Vacuum(new());

        Assert.Equal((go.Length, go.Length, 2), (result.FilesDeleted, result.BytesDeleted, result.FoldersDeleted));
        Assert.All(go, path => Assert.False(File.Exists(_lake.File($"t/{path}")), path));
        Assert.All(stay, path => Assert.True(File.Exists(_lake.File($"t/{path}")), path));
        Assert.All(log, path => Assert.True(File.Exists(path), path));
        Assert.Equal((false, true), (Directory.Exists(_lake.File("t/empty")), Directory.Exists(_lake.File("t/new"))));
        Assert.Equal(4, _lake.Rows().Length);
        Assert.Single(_lake.Rows(path: "t/inner"));
    }

    [Fact]
    public void The_log_says_what_Spark_says_of_a_vacuum()
    {
        Write("SELECT 1 AS i", daysAgo: 1);
        Write("SELECT 2 AS i", daysAgo: 1, WriteMode.Overwrite);
        Age(1);
        var size = _lake.Table().TryRead(0)!.Files.Single().Size;

        Assert.Equal(3, _lake.Table().Vacuum(Now with { CommitInfo = new Dictionary<string, string> { ["userName"] = "me" } }).Version);

        var history = _lake.Table().History();
        Assert.Equal(["VACUUM END", "VACUUM START"], history.Take(2).Select(version => version.Operation));
        Assert.Equal(
            """{"retentionCheckEnabled":false,"defaultRetentionMillis":604800000,"specifiedRetentionMillis":0}""",
            history[1].Info["operationParameters"]!.ToJsonString()
        );
        Assert.Equal(("1", $"{size}"), (history[1].Metrics["numFilesToDelete"], history[1].Metrics["sizeOfDataToDelete"]));
        Assert.Equal(("COMPLETED", "me"), (history[0].Parameters["status"], history[0].Info["userName"]!.ToString()));
        Assert.Equal("1", history[0].Metrics["numDeletedFiles"]);
    }

    [Fact]
    public void A_vacuum_whose_storage_fails_says_so_in_the_log_and_goes_on_the_next_time()
    {
        for (var i = 0; i < 4; i++)
            Write($"SELECT {i} AS i", daysAgo: 1, WriteMode.Overwrite);
        Age(1);
        var deletions = 0;
        var failing = new FaultyStorage(_lake.Storage) { BeforeDelete = Fail };

        Assert.Throws<LakeException>(() => new DeltaTable(failing, "t").Vacuum(Now));
        Assert.Equal("FAILED", _lake.Table().History()[0].Parameters["status"]);
        Assert.Equal("1", _lake.Table().History()[0].Metrics["numDeletedFiles"]);

        Assert.Equal(2, _lake.Table().Vacuum(Now).FilesDeleted);
        Assert.Equal(["{'i': 3}"], _lake.Rows());

        void Fail(string path)
        {
            if (path.EndsWith(".parquet", StringComparison.Ordinal) && ++deletions == 2)
                throw new IOException("no");
        }
    }

    [Fact]
    public void A_table_of_features_that_are_unknown_to_writers_is_not_touched()
    {
        Write("SELECT 1 AS i", daysAgo: 20);
        Write("SELECT 2 AS i", daysAgo: 20, WriteMode.Overwrite);
        _lake.Alter("somethingNew", _ => { });
        Age(30);

        Assert.Contains("somethingNew", Assert.Throws<LakeException>(() => _lake.Table().Vacuum(new())).Message, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(_lake.File("t"), "*.parquet").Length);
    }

    [Fact]
    public void What_is_committed_while_a_vacuum_lists_is_left_alone()
    {
        Write("SELECT 1 AS i", daysAgo: 1);
        Write("SELECT 2 AS i", daysAgo: 1, WriteMode.Overwrite);
        Age(1);
        var restored = false;
        var racing = new FaultyStorage(_lake.Storage) { BeforeList = Restore };

        Assert.Equal(0, new DeltaTable(racing, "t").Vacuum(Now).FilesDeleted);
        Assert.Equal(["{'i': 1}"], _lake.Rows());

        void Restore(string folder)
        {
            if (folder != "t" || restored)
                return;
            restored = true;
            TestLake.Commit(_lake.Table().StageRestore(_lake.Options(), 0));
        }
    }

    private void Write(string sql, int daysAgo, WriteMode mode = WriteMode.Append, params (string Name, string Value)[] properties)
    {
        var options = _lake.Options(mode) with { Properties = properties.ToDictionary(entry => entry.Name, entry => (string?)entry.Value) };
        TestLake.Commit(Table(daysAgo).Stage(_lake.Connection, sql, options));
    }

    private DeltaTable Table(int daysAgo) => new(_lake.Storage, "t", new FixedTime(DateTimeOffset.UtcNow.AddDays(-daysAgo)));

    private void Put(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_lake.File($"t/{path}"))!);
        File.WriteAllText(_lake.File($"t/{path}"), "x");
    }

    /// <summary>Makes all that is there as old as this.</summary>
    private void Age(int days)
    {
        foreach (var path in Directory.GetFileSystemEntries(_lake.File("t"), "*", SearchOption.AllDirectories))
        {
            if (Directory.Exists(path))
                Directory.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-days));
            else
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-days));
        }
    }
}
