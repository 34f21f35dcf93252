using ServerlessHub.Lake.Maintenance;

namespace ServerlessHub.Lake.Tests;

public sealed class UpkeepTests(AutoCompactionTests.ManyFiles many) : IClassFixture<AutoCompactionTests.ManyFiles>, IDisposable
{
    private static readonly Dictionary<string, string> CommitInfo = new() { ["userName"] = "maintenance" };
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Many_small_files_are_put_together_once()
    {
        Begin();
        Assert.Equal(new UpkeepResult(null, null), Do());

        Set((AutoCompaction.Property, null));
        _lake.Write("SELECT 1000 AS id");
        var result = Do();

        Assert.Equal((AutoCompaction.MinFiles, 1), (result.Optimized!.FilesRemoved, result.Optimized.FilesAdded));
        Assert.Equal(AutoCompaction.MinFiles, _lake.Rows().Length);
        var last = _lake.Table().History()[0];
        Assert.Equal(("OPTIMIZE", "maintenance"), (last.Operation, last.Info["userName"]!.ToString()));
        Assert.Equal(new UpkeepResult(null, null), Do());
        Assert.Equal(last.Version, _lake.Table().TryRead()!.Version);
    }

    [Fact]
    public void What_no_version_needs_any_more_goes_after_the_tables_own_retention()
    {
        _lake.Write("SELECT 1 AS id");
        File.WriteAllText(_lake.File("t/left.parquet"), "x");
        File.SetLastWriteTimeUtc(_lake.File("t/left.parquet"), DateTime.UtcNow.AddDays(-8));
        Set(("delta.deletedFileRetentionDuration", "interval 9 days"));

        Assert.Null(Do().Vacuumed);
        Set(("delta.deletedFileRetentionDuration", null));
        Assert.Equal(1, Do().Vacuumed!.FilesDeleted);
        Assert.Equal(["{'id': 1}"], _lake.Rows());
    }

    [Fact]
    public void A_table_that_does_not_want_it_is_left_as_it_is()
    {
        Begin();
        Set((AutoCompaction.Property, "false"), (Upkeep.VacuumProperty, "false"));
        _lake.Write("SELECT 1000 AS id");
        File.WriteAllText(_lake.File("t/left.parquet"), "x");
        File.SetLastWriteTimeUtc(_lake.File("t/left.parquet"), DateTime.UtcNow.AddDays(-8));

        Assert.Equal(new UpkeepResult(null, null), Do());
        Assert.True(File.Exists(_lake.File("t/left.parquet")));
        Assert.Equal(AutoCompaction.MinFiles, _lake.Table().TryRead()!.Files.Count);
    }

    [Fact]
    public void The_log_of_a_table_that_nobody_writes_to_is_cut()
    {
        _lake.IsDamaged = true;
        var options = _lake.Options() with { Properties = new Dictionary<string, string?> { ["delta.checkpointInterval"] = "4" } };
        _lake.Write("SELECT 0 AS id", options);
        for (var id = 1; id < 6; id++)
            _lake.Write($"SELECT {id} AS id");
        Assert.True(File.Exists(_lake.Commit(0)));
        for (var version = 0; version < 6; version++)
            File.SetLastWriteTimeUtc(_lake.Commit(version), DateTime.UtcNow.AddDays(-40));

        Do();

        Assert.False(File.Exists(_lake.Commit(3)));
        Assert.True(File.Exists(_lake.Commit(4)));
        Assert.Equal(6, _lake.Rows().Length);
    }

    /// <summary>Makes the table, such that one more small file is enough.</summary>
    private void Begin()
    {
        foreach (var file in Directory.GetFiles(many.Folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_lake.File("t"), Path.GetRelativePath(many.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private UpkeepResult Do() => _lake.Table().Upkeep(_lake.Connection, CommitInfo);

    private void Set(params (string Name, string? Value)[] properties) =>
        TestLake.Commit(_lake.Table().StageProperties(properties.ToDictionary(p => p.Name, p => p.Value), _lake.Options()));
}
