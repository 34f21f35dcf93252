using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Tests;

public sealed class CommitTimeTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void A_restored_table_tells_of_its_log_as_it_is_which_commits_say_when_they_were_made()
    {
        const string Property = "delta.enableInCommitTimestamps";
        _lake.Write("SELECT 1 AS id", _lake.Options() with { Properties = new Dictionary<string, string?> { [Property] = "true" } });
        foreach (var value in new[] { "false", "true" })
            TestLake.Commit(_lake.Table().StageProperties(new Dictionary<string, string?> { [Property] = value }, _lake.Options()));
        TestLake.Commit(_lake.Table().StageRestore(_lake.Options(), version: 0));

        Assert.Equal("2", _lake.Table().TryRead()!.Properties["delta.inCommitTimestampEnablementVersion"]);
    }

    [Fact]
    public void A_time_in_the_commit_is_what_counts_from_the_version_on_at_which_the_table_keeps_it()
    {
        Create(
            ("delta.enableInCommitTimestamps", "true"),
            ("delta.inCommitTimestampEnablementVersion", "2"),
            ("delta.inCommitTimestampEnablementTimestamp", $"{Start.AddHours(20).ToUnixTimeMilliseconds()}")
        );

        Assert.Equal([0, 1, 20, 30, 40], Enumerable.Range(0, 5).Select(version => Hours(_lake.Table().TryRead(version)!.Timestamp)));
        Assert.Equal([40, 30, 20, 1, 0], _lake.Table().History().Select(version => Hours(version.Timestamp)));
        Assert.Equal(
            [0, 1, 1, 2, 2, 3, 4, 4],
            new[] { 0, 1, 19, 20, 29, 30, 40, 99 }.Select(hours => _lake.Table().TryRead(timestamp: Start.AddHours(hours))!.Version)
        );
    }

    [Fact]
    public void A_table_that_kept_it_always_has_no_version_before_its_first()
    {
        Create(("delta.enableInCommitTimestamps", "true"));

        Assert.Equal(4, _lake.Table().TryRead(timestamp: Start.AddHours(41))!.Version);
        Assert.Equal(0, _lake.Table().TryRead(timestamp: Start.AddHours(1))!.Version);
        var error = Assert.Throws<LakeException>(() => _lake.Table().TryRead(timestamp: Start.AddHours(-1)));
        Assert.Contains("the oldest one that can be read is 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_is_found_by_its_time_in_milliseconds()
    {
        Create();
        File.SetLastWriteTimeUtc(_lake.Commit(4), Start.AddHours(50).AddMicroseconds(123_456).UtcDateTime);

        var made = _lake.Table().TryRead()!.Timestamp;
        Assert.Equal(Start.AddHours(50).AddMilliseconds(123), made);
        Assert.Equal(4, _lake.Table().TryRead(timestamp: made)!.Version);
    }

    [Fact]
    public void A_version_is_found_by_the_time_that_the_history_tells_of_it_though_the_clock_went_back()
    {
        Create();
        File.SetLastWriteTimeUtc(_lake.Commit(1), Start.AddHours(3).UtcDateTime);

        var history = _lake.Table().History();
        Assert.Equal(
            [Start.AddHours(4), Start.AddHours(3).AddMilliseconds(2), Start.AddHours(3).AddMilliseconds(1), Start.AddHours(3), Start],
            history.Select(version => version.Timestamp)
        );
        Assert.All(history, version => Assert.Equal(version.Version, _lake.Table().TryRead(timestamp: version.Timestamp)!.Version));
    }

    [Fact]
    public void Times_in_commits_of_a_table_that_does_not_keep_them_any_more_do_not_count()
    {
        Create();

        Assert.Equal([4, 3, 2, 1, 0], _lake.Table().History().Select(version => Hours(version.Timestamp)));
    }

    private static int Hours(DateTimeOffset time) => (int)(time - Start).TotalHours;

    /// <summary>Five versions, an hour apart by the storage's clock, ten hours apart by their own.</summary>
    private void Create(params (string, string)[] properties)
    {
        var table = new ForeignTable(_lake);
        var metadata = ForeignTable.Metadata(ForeignTable.Field("id", "long"), null, properties);
        for (var version = 0; version < 5; version++)
        {
            var info = new JsonObject { ["inCommitTimestamp"] = Start.AddHours(version * 10).ToUnixTimeMilliseconds() };
            var rest = version == 0 ? new[] { ForeignTable.Protocol(), metadata } : [];
            table.Commit([ForeignTable.Action("commitInfo", info), .. rest]);
            File.SetLastWriteTimeUtc(_lake.Commit(version), Start.AddHours(version).UtcDateTime);
        }
    }
}
