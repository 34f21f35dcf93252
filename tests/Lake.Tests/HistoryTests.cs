namespace ServerlessHub.Lake.Tests;

public sealed class HistoryTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Only_as_many_commits_are_read_as_are_asked_for()
    {
        foreach (var id in new[] { 1, 2, 3 })
            _lake.Write($"SELECT {id} AS id");
        var table = _lake.Table();
        table.TryRead();
        _lake.IsDamaged = true;
        File.AppendAllText(_lake.Commit(0), "no JSON");

        Assert.Equal([2, 1], table.History(limit: 2).Select(entry => entry.Version));
        Assert.Equal(0, Assert.Throws<LakeException>(() => table.History()).Version);
    }

    [Fact]
    public void The_history_tells_what_each_commit_did_newest_first()
    {
        _lake.Write(
            "SELECT i AS id, i % 2 AS p FROM range(10) t(i)",
            _lake.Options() with
            {
                PartitionBy = ["p"],
                CommitInfo = new Dictionary<string, string> { ["runId"] = "r1", ["userName"] = "ä \"b\"" },
            }
        );
        _lake.Write("SELECT 3::BIGINT AS id, 1::BIGINT AS p UNION ALL SELECT 77, 1", _lake.Merge("id"));
        _lake.Write("SELECT 3::BIGINT AS id, 1::BIGINT AS p", _lake.Options(WriteMode.OverwritePartitions));

        var history = _lake.Table().History();
        Assert.Equal([2, 1, 0], history.Select(entry => entry.Version));
        Assert.Equal(["WRITE", "MERGE", "WRITE"], history.Select(entry => entry.Operation));
        Assert.Equal(("Append", "[\"p\"]"), (history[2].Parameters["mode"], history[2].Parameters["partitionBy"]));
        Assert.Equal(("10", "2"), (history[2].Metrics["numOutputRows"], history[2].Metrics["numFiles"]));
        Assert.Equal("r1", history[2].Info["runId"]!.ToString());
        Assert.Equal(
            ("2", "1", "1", "4"),
            (
                history[1].Metrics["numSourceRows"],
                history[1].Metrics["numTargetRowsInserted"],
                history[1].Metrics["numTargetRowsUpdated"],
                history[1].Metrics["numTargetRowsCopied"]
            )
        );
        Assert.Equal(("Overwrite", "true"), (history[0].Parameters["mode"], history[0].Parameters["isDynamicPartitionOverwrite"]));
        Assert.Equal("ä \"b\"", history[2].Info["userName"]!.ToString());
        Assert.All(history, entry => Assert.Equal(_lake.Table().TryRead(entry.Version)!.Timestamp, entry.Timestamp));
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("job")]
    public void A_commit_says_nothing_under_a_name_that_the_log_gives_a_meaning(string name)
    {
        var options = _lake.Options() with { CommitInfo = new Dictionary<string, string> { [name] = "x" } };

        Assert.Contains(
            $"'{name}'",
            Assert.Throws<ArgumentException>(() => _lake.Write("SELECT 1 AS id", options)).Message,
            StringComparison.Ordinal
        );
    }
}
