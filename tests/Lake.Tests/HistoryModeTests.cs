namespace ServerlessHub.Lake.Tests;

public sealed class HistoryModeTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void A_row_that_changed_closes_the_current_one_and_becomes_current()
    {
        Write("(1, 'a', 1), (2, 'b', 1)");
        var metrics = Write("(1, 'A', 2), (2, 'b', 2), (3, 'c', 2)");

        Assert.Equal(["1 a 1 2 false", "1 A 2 - true", "2 b 1 - true", "3 c 2 - true"], Versions());
        Assert.Equal((2L, 1L, 0L), (metrics.RowsInserted, metrics.RowsUpdated, metrics.RowsLate));
    }

    [Fact]
    public void Late_rows_and_repeated_ones_change_nothing()
    {
        Write("(1, 'a', 5)");
        Write("(1, 'b', 7)");
        var metrics = Write("(1, 'late', 6)");
        Assert.Equal((0L, 0L, 1L), (metrics.RowsInserted, metrics.RowsUpdated, metrics.RowsLate));
        metrics = Write("(1, 'b', 7)");

        Assert.Equal((0L, 0L, 0L, 0), (metrics.RowsInserted, metrics.RowsUpdated, metrics.RowsLate, metrics.FilesAdded));
        Assert.Equal(["1 a 5 7 false", "1 b 7 - true"], Versions());
    }

    [Fact]
    public void Only_tracked_columns_make_a_new_version()
    {
        Write("(1, 'a', 1)");
        Write("(1, 'b', 2)", new HistoryColumns { Since = "since", Tracked = ["id"] });

        Assert.Equal(["1 a 1 - true"], Versions());
    }

    [Fact]
    public void A_row_that_does_not_say_from_when_it_holds_is_an_error()
    {
        var error = Assert.Throws<LakeException>(() => Write("(1, 'a', NULL)"));

        Assert.Contains("1 of the incoming rows do not say from when they hold", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_column_that_says_it_a_row_holds_from_the_time_of_the_write()
    {
        var before = DateTimeOffset.UtcNow.AddMilliseconds(-1);
        _lake.Write("SELECT 1 AS id, 'a' AS v", Options(new()));
        _lake.Write("SELECT 1 AS id, 'b' AS v", Options(new()));

        Assert.Equal(
            ["{'n': 2}"],
            _lake.Query(
                $"SELECT count(*) AS n FROM ({_lake.Table().TryRead()!.Scan(_lake.Connection).Sql}) WHERE valid_from BETWEEN {Engine.Sql.Literal(before)} AND now() + INTERVAL 1 HOUR AND is_current = (v = 'b') AND (valid_to IS NULL) = is_current"
            )
        );
    }

    private WriteMetrics Write(string rows, HistoryColumns? columns = null) =>
        _lake.Write($"SELECT * FROM (VALUES {rows}) t(id, v, since)", Options(columns ?? new() { Since = "since", Tracked = ["v"] }));

    private WriteOptions Options(HistoryColumns columns) => _lake.Options(WriteMode.History) with { Keys = ["id"], History = columns };

    private string[] Versions() =>
        _lake.Query(
            $"SELECT concat_ws(' ', id, v, valid_from, coalesce(valid_to::VARCHAR, '-'), is_current) AS r FROM ({_lake.Table().TryRead()!.Scan(_lake.Connection).Sql}) ORDER BY id, valid_from"
        );
}
