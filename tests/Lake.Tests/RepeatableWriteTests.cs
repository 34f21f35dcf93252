namespace ServerlessHub.Lake.Tests;

public sealed class RepeatableWriteTests : IDisposable
{
    private readonly TestLake _lake = new();
    private int _staged;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Whatever_another_writer_is_faster_than_is_staged_anew_on_what_that_one_left()
    {
        _lake.Write("SELECT i AS id, 0 AS v FROM range(4) t(i)");
        var options = _lake.Options();
        var changes = new Dictionary<string, Func<StagedWrite>>
        {
            ["delete"] = () => _lake.Table().StageDelete(_lake.Connection, "id = 1", options),
            ["update"] = () =>
                _lake.Table().StageUpdate(_lake.Connection, new Dictionary<string, string> { ["v"] = "v + 10" }, null, options),
            ["property"] = () => _lake.Table().StageProperties(new Dictionary<string, string?> { ["a"] = "b" }, options),
            ["constraint"] = () => _lake.Table().StageConstraint(_lake.Connection, "c", "v >= 0", options),
            ["restore"] = () => _lake.Table().StageRestore(options, version: 0),
        };
        foreach (var (name, stage) in changes)
        {
            options = _lake.Options();
            _staged = 0;
            using var write = new RepeatableWrite(() => Staged(stage, disturbed: 2));
            Assert.IsType<CommitResult.Committed>(write.Commit());
            Assert.True(_staged == 3, $"{name} was staged {_staged} times");
        }
        Assert.Equal(Enumerable.Range(0, 4).Select(id => $"{{'id': {id}, 'v': 0}}"), _lake.Rows());
    }

    [Fact]
    public void After_some_attempts_it_gives_up_and_leaves_nothing()
    {
        _lake.Write("SELECT i AS id, 0 AS v FROM range(4) t(i)");
        var options = _lake.Options();
        using (
            var write = new RepeatableWrite(() =>
                Staged(() => _lake.Table().StageDelete(_lake.Connection, "id = 1", options), int.MaxValue)
            )
        )
            Assert.IsType<CommitResult.Conflicted>(write.Commit());

        Assert.Equal(RepeatableWrite.MaxAttempts, _staged);
        Assert.Equal(4, _lake.Rows().Length);
    }

    [Fact]
    public void What_was_worked_out_from_one_version_is_not_staged_anew()
    {
        _lake.Write("SELECT 1 AS id, 0 AS v");
        var options = _lake.Options() with { ReadVersion = 0 };
        using var write = new RepeatableWrite(() => Staged(() => _lake.Table().Stage(_lake.Connection, "SELECT 2 AS id", options), 1));

        Assert.IsType<CommitResult.Conflicted>(write.Commit());
        Assert.Equal(1, _staged);
    }

    /// <summary>Stages a change, of which the first ones are overtaken before they can be committed.</summary>
    private StagedWrite Staged(Func<StagedWrite> stage, int disturbed)
    {
        var staged = stage();
        if (_staged++ < disturbed)
        {
            _lake.Update(new() { ["v"] = "v" }, null);
            TestLake.Commit(_lake.Table().StageProperties(new Dictionary<string, string?> { ["n"] = $"{_staged}" }, _lake.Options()));
        }
        return staged;
    }

    [Fact]
    public void Steps_are_taken_once_and_only_from_where_they_begin()
    {
        WriteOptions Step(params TransactionProgress[] steps) => new() { TransactionId = "", Progress = steps };

        CommitResult Append(params TransactionProgress[] steps) =>
            _lake.Table().Write(_lake.Connection, "SELECT 1 AS id", Step(steps)).Result;

        Assert.IsType<CommitResult.Committed>(Append(new("p0", null, 9), new("p1", null, 4)));
        Assert.IsType<CommitResult.AlreadyCommitted>(Append(new("p0", null, 9), new("p1", null, 4)));
        Assert.IsType<CommitResult.Conflicted>(Append(new("p0", null, 9), new("p1", 4, 5)));
        Assert.IsType<CommitResult.Conflicted>(Append(new TransactionProgress("p0", 8, 12)));
        Assert.IsType<CommitResult.Committed>(Append(new("p0", 9, 12), new("p2", null, 0)));
        Assert.Equal(2, _lake.Rows().Length);
        Assert.Equal(["p0:12", "p1:4", "p2:0"], _lake.Table().TryRead()!.TransactionVersions.Select(t => $"{t.Key}:{t.Value}").Order());

        // Another writer takes a part of the step after it was staged.
        using var staged = _lake.Table().Stage(_lake.Connection, "SELECT 2 AS id", Step(new TransactionProgress("p1", 4, 8)));
        Assert.IsType<CommitResult.Committed>(Append(new TransactionProgress("p1", 4, 6)));
        var conflict = Assert.IsType<CommitResult.Conflicted>(staged.Commit());
        Assert.Equal("'p1' has come to 6, not to 4", conflict.Reason);
    }
}
