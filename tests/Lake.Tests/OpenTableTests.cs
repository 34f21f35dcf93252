using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

/// <summary>A table that is kept open while others write to it.</summary>
public sealed class OpenTableTests : IDisposable
{
    private FaultyStorage? _storage;
    private readonly TestLake _lake;
    private readonly List<string> _listed = [];

    public OpenTableTests()
    {
        _lake = new(storage => _storage = new(storage) { BeforeList = _listed.Add });
    }

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void It_is_read_on_and_written_to_without_listing_its_log()
    {
        _lake.Write("SELECT 0 AS id", Options);
        var table = _lake.Table();
        Assert.Equal(0, table.TryRead()!.Version);

        _listed.Clear();
        for (var version = 1; version <= 12; version++)
        {
            using var staged = table.Stage(_lake.Connection, $"SELECT {version} AS id", _lake.Options());
            Assert.Equal(version, Assert.IsType<CommitResult.Committed>(staged.Commit()).Version);
            var newest = table.TryRead()!;
            Assert.Equal((version, version + 1), (newest.Version, newest.Rows));
            Assert.Same(newest, table.TryRead());
        }
        Assert.Empty(_listed);
    }

    [Fact]
    public void One_that_is_far_behind_goes_on_from_a_checkpoint()
    {
        _lake.Write("SELECT 0 AS id", Options);
        var table = _lake.Table();
        table.TryRead();
        for (var version = 1; version <= 60; version++)
            _lake.Write($"SELECT {version} AS id");

        var read = 0;
        _storage!.BeforeRead = path => read += path.EndsWith(".json", StringComparison.Ordinal) ? 1 : 0;
        Assert.Equal((60, 61L), (table.TryRead()!.Version, table.TryRead()!.Rows));
        Assert.InRange(read, 0, 5);
    }

    [Fact]
    public void A_commit_that_is_missing_below_a_checkpoint_does_not_end_it()
    {
        _lake.Write("SELECT 0 AS id", Options);
        var table = _lake.Table();
        table.TryRead();
        for (var version = 1; version <= 5; version++)
            _lake.Write($"SELECT {version} AS id");
        _lake.IsDamaged = true;
        File.Delete(_lake.Commit(2));

        Assert.Equal((5, 6L), (table.TryRead()!.Version, table.TryRead()!.Rows));
        Assert.Contains("commit is missing", Assert.Throws<LakeException>(() => table.TryRead(3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_was_made_anew_is_another()
    {
        _lake.Write("SELECT 0 AS id", Options);
        _lake.Write("SELECT 1 AS id");
        var table = _lake.Table();
        Assert.Equal(2, table.TryRead()!.Rows);
        Directory.Delete(_lake.File("t"), recursive: true);
        Assert.Null(table.TryRead());

        _lake.Write("SELECT 7 AS other");
        Assert.Equal((0, "other"), (table.TryRead()!.Version, table.TryRead()!.Columns[0].Name));
    }

    private WriteOptions Options =>
        _lake.Options() with
        {
            Properties = new Dictionary<string, string?> { ["delta.checkpointInterval"] = "4" },
        };
}
