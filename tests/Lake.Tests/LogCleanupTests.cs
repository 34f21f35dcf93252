using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Tests;

public sealed class LogCleanupTests : IDisposable
{
    private readonly TestLake _lake = new() { IsDamaged = true };

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Old_commits_go_after_a_checkpoint_and_every_younger_version_stays_readable()
    {
        Write(8, "interval 10 days");
        Age(until: 5, days: 20);
        Write(2);

        Assert.Equal([4L, 5, 6, 7, 8], Versions());
        Assert.Equal(9, _lake.Rows().Length);
        Assert.Equal(5, _lake.Rows(4).Length);
        Assert.Contains("no longer", Assert.Throws<LakeException>(() => _lake.Rows(3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_that_a_clock_made_younger_keeps_those_after_it()
    {
        Write(8, "interval 10 days");
        Age(until: 7, days: 20);
        File.SetLastWriteTimeUtc(_lake.Commit(1), DateTime.UtcNow);
        Write(2);

        Assert.Equal(0, Versions()[0]);
    }

    [Fact]
    public void A_table_can_keep_its_whole_log()
    {
        Write(8, "interval 10 days", "false");
        Age(until: 7, days: 20);
        Write(2);

        Assert.Equal(0, Versions()[0]);
    }

    [Theory]
    [InlineData("5", 0)]
    [InlineData("4", 4)]
    public void Checkpoints_that_are_protected_go_with_all_that_they_hide_or_stay(string version, long oldest)
    {
        Write(3, "interval 10 days");
        _lake.Alter(
            "checkpointProtection",
            metadata => metadata["configuration"]!["delta.requireCheckpointProtectionBeforeVersion"] = version
        );
        Write(8);
        Age(until: 7, days: 20);
        new Checkpointing(_lake.Storage, "t", TimeProvider.System).WriteIfDue(8, _lake.Table().TryRead()!.Metadata);

        Assert.Equal(oldest, Versions()[0]);
    }

    [Fact]
    public void A_log_is_looked_through_with_the_first_checkpoint_of_a_day()
    {
        Write(9, "interval 10 days");
        Age(until: 7, days: 20);
        var noon = DateTime.UtcNow.Date.AddHours(12);
        var checkpointing = new Checkpointing(_lake.Storage, "t", new FixedTime(noon));

        File.SetLastWriteTimeUtc(Hint, noon.AddHours(-12));
        Assert.Null(checkpointing.WriteIfDue(8, _lake.Table().TryRead()!.Metadata));
        Assert.Equal(0, Versions()[0]);

        File.SetLastWriteTimeUtc(Hint, noon.AddHours(-12).AddSeconds(-1));
        Assert.Null(checkpointing.WriteIfDue(8, _lake.Table().TryRead()!.Metadata));
        Assert.Equal(4, Versions()[0]);
    }

    [Fact]
    public void A_write_that_was_staged_before_the_log_began_is_a_conflict_and_not_lost()
    {
        Write(3, "interval 10 days");
        using var late = _lake.Table().Stage(_lake.Connection, "SELECT 9 AS id", _lake.Options());
        Write(8);
        Age(until: 5, days: 20);
        new Checkpointing(_lake.Storage, "t", TimeProvider.System).WriteIfDue(8, _lake.Table().TryRead()!.Metadata);
        Assert.Equal(4, Versions()[0]);

        Assert.IsType<CommitResult.Conflicted>(late.Commit());
        Assert.Equal(9, _lake.Rows().Length);
    }

    private void Write(int count, string? retention = null, string? cleanup = null)
    {
        if (retention is not null)
        {
            var properties = new Dictionary<string, string?>
            {
                ["delta.checkpointInterval"] = "4",
                ["delta.logRetentionDuration"] = retention,
                ["delta.enableExpiredLogCleanup"] = cleanup,
            };
            _lake.Write("SELECT 1 AS id", _lake.Options() with { Properties = properties });
            count -= 1;
        }
        while (count-- > 0 && _lake.Table().TryRead()!.Version < 8)
            _lake.Write("SELECT 1 AS id");
    }

    private void Age(int until, int days)
    {
        for (var version = 0; version <= until; version++)
            File.SetLastWriteTimeUtc(_lake.Commit(version), DateTime.UtcNow.AddDays(-days));
        File.SetLastWriteTimeUtc(Hint, DateTime.UtcNow.AddDays(-1));
    }

    private string Hint => _lake.File("t/_delta_log/_last_checkpoint");

    private long[] Versions() =>
        [
            .. Directory
                .GetFiles(_lake.File("t/_delta_log"), "*.json")
                .Select(file => long.Parse(Path.GetFileNameWithoutExtension(file)))
                .Order(),
        ];
}
