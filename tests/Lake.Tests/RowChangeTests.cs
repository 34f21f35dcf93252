using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Tests;

public sealed class RowChangeTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Rows_for_which_a_condition_is_true_are_deleted_and_unknown_is_not_true()
    {
        _lake.Write("SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, NULL)) t(id, v)");
        var metrics = _lake.Delete("v = 'a' -- a comment");

        Assert.Equal(["{'id': 2, 'v': b}", "{'id': 3, 'v': NULL}"], _lake.Rows());
        Assert.Equal((1L, 2L, 1, 1), (metrics.RowsDeleted, metrics.RowsCopied, metrics.FilesRemoved, metrics.FilesAdded));
        var info = Info();
        Assert.Equal("DELETE", info["operation"]!.ToString());
        Assert.Equal("""["v = 'a' -- a comment"]""", info["operationParameters"]!["predicate"]!.ToString());
        Assert.Equal("1", info["operationMetrics"]!["numDeletedRows"]!.ToString());
        Assert.False(info["isBlindAppend"]!.GetValue<bool>());
    }

    [Fact]
    public void A_file_that_loses_all_its_rows_is_taken_out_and_not_written_anew()
    {
        _lake.Write("SELECT i AS id, i % 2 AS p FROM range(10) t(i)", _lake.Options() with { PartitionBy = ["p"] });
        var metrics = _lake.Delete("p = 1");

        Assert.Equal((1, 0, 5L), (metrics.FilesRemoved, metrics.FilesAdded, metrics.RowsDeleted));
        Assert.Equal(5, _lake.Rows().Length);
        Assert.Equal(5, _lake.Delete(null).RowsDeleted);
        Assert.Empty(_lake.Rows());
    }

    [Theory]
    [InlineData("id = 150")]
    [InlineData("150 = target.id AND v IS NOT NULL")]
    [InlineData("id BETWEEN 140 AND 160")]
    [InlineData("id > 120 AND id <= 170")]
    [InlineData("id IN (110, 120) AND v <> 'x'")]
    [InlineData("d >= DATE '2024-04-20'")]
    public void Only_files_that_may_hold_such_a_row_are_read(string condition)
    {
        _lake.Write("SELECT i AS id, 'v' AS v, DATE '2024-01-01' + i::INTEGER AS d FROM range(100) t(i)");
        _lake.Write("SELECT i AS id, 'v' AS v, DATE '2024-01-01' + i::INTEGER AS d FROM range(100, 200) t(i)");
        File.WriteAllText(_lake.File($"t/{_lake.Table().TryRead(0)!.Files.Single().Path}"), "this is no Parquet");
        _lake.IsDamaged = true;

        Assert.True(_lake.Delete(condition).RowsDeleted > 0);
    }

    [Fact]
    public void Columns_get_the_values_of_expressions_on_the_row_as_it_was()
    {
        _lake.Write("SELECT * FROM (VALUES (1, 10, 'a'), (2, 20, 'b')) t(id, n, v)");
        var metrics = _lake.Update(new() { ["n"] = "n + id", ["ID"] = "n" }, "v = 'b'");

        Assert.Equal(["{'id': 1, 'n': 10, 'v': a}", "{'id': 20, 'n': 22, 'v': b}"], _lake.Rows());
        Assert.Equal((1L, 1L), (metrics.RowsUpdated, metrics.RowsCopied));
        Assert.Equal("UPDATE", Info()["operation"]!.ToString());
        Assert.Equal("1", Info()["operationMetrics"]!["numUpdatedRows"]!.ToString());
    }

    [Fact]
    public void An_update_moves_rows_between_partitions()
    {
        _lake.Write("SELECT i AS id, i % 2 AS p FROM range(4) t(i)", _lake.Options() with { PartitionBy = ["p"] });
        _lake.Update(new() { ["p"] = "7" }, "id = 1");

        Assert.Equal(["{'id': 0, 'p': 0}", "{'id': 1, 'p': 7}", "{'id': 2, 'p': 0}", "{'id': 3, 'p': 1}"], _lake.Rows());
    }

    [Fact]
    public void What_cannot_be_is_refused_before_anything_is_written()
    {
        _lake.Write("SELECT 1 AS id");

        Assert.Contains("nope", Refusal(() => _lake.Delete("nope = 1")), StringComparison.Ordinal);
        Assert.Contains("not true or false", Refusal(() => _lake.Delete("id")), StringComparison.Ordinal);
        Assert.Contains("'nope'", Refusal(() => _lake.Update(new() { ["nope"] = "1" }, null)), StringComparison.Ordinal);
        Assert.Contains("set twice", Refusal(() => _lake.Update(new() { ["id"] = "1", ["ID"] = "2" }, null)), StringComparison.Ordinal);
        Assert.Contains(
            "no table",
            Assert.Throws<LakeException>(() => _lake.Table("none").StageDelete(_lake.Connection, null, _lake.Options())).Message,
            StringComparison.Ordinal
        );
        Assert.Single(Directory.GetFiles(_lake.File("t"), "*.parquet"));
    }

    [Fact]
    public void A_deletion_or_update_conflicts_only_with_rows_that_it_would_have_seen()
    {
        _lake.Write("SELECT i AS id, i // 10 AS p FROM range(30) t(i)", _lake.Options() with { PartitionBy = ["p"] });
        using var first = _lake.Table().StageDelete(_lake.Connection, "p = 1 AND id = 12", _lake.Options());
        using var second = _lake
            .Table()
            .StageUpdate(_lake.Connection, new Dictionary<string, string> { ["id"] = "-1" }, "id = 25", _lake.Options());
        using var third = _lake.Table().StageDelete(_lake.Connection, "id = 26", _lake.Options());
        _lake.Write("SELECT 1000::BIGINT AS id, 100::BIGINT AS p");

        Assert.Equal(new CommitResult.Committed(2), first.Commit());
        Assert.Equal(new CommitResult.Committed(3), second.Commit());
        Assert.Equal(3, Assert.IsType<CommitResult.Conflicted>(third.Commit()).Version);

        using var fourth = _lake.Table().StageDelete(_lake.Connection, "p = 2", _lake.Options());
        _lake.Write("SELECT 29::BIGINT AS id, 2::BIGINT AS p");
        Assert.Contains("added", Assert.IsType<CommitResult.Conflicted>(fourth.Commit()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_replaced_where_a_condition_is_true()
    {
        _lake.Write("SELECT i AS id, 'old' AS v FROM range(6) t(i)");
        var metrics = _lake.Write("SELECT 3 AS id, 'new' AS v", Replace("id BETWEEN 2 AND 4"));

        Assert.Equal(["{'id': 0, 'v': old}", "{'id': 1, 'v': old}", "{'id': 3, 'v': new}", "{'id': 5, 'v': old}"], _lake.Rows());
        Assert.Equal((1L, 3L, 3L), (metrics.RowsInserted, metrics.RowsDeleted, metrics.RowsCopied));
        Assert.Equal("id BETWEEN 2 AND 4", Info()["operationParameters"]!["predicate"]!.ToString());
    }

    [Fact]
    public void Replacing_rows_of_a_table_that_is_not_there_makes_it()
    {
        _lake.Write("SELECT 1 AS id, 'new' AS v", Replace("id = 1"));
        _lake.Write("SELECT 1 AS id, 'newer' AS v", Replace("id = 1"));

        Assert.Equal(["{'id': 1, 'v': newer}"], _lake.Rows());
    }

    [Fact]
    public void A_row_that_replaces_others_must_be_where_they_were()
    {
        _lake.Write("SELECT 1 AS id, 'old' AS v");
        var error = Assert.Throws<LakeException>(() => _lake.Write("SELECT 7 AS id, 'new' AS v", Replace("id = 1")));

        Assert.Contains("id = 1 is not true of each incoming row", error.Message, StringComparison.Ordinal);
        Assert.Equal(["{'id': 1, 'v': old}"], _lake.Rows());
        Assert.Single(Directory.GetFiles(_lake.File("t"), "*.parquet"));
    }

    [Fact]
    public void A_version_is_restored_with_its_columns_and_the_ones_between_stay_readable()
    {
        _lake.Write("SELECT 1 AS id");
        _lake.Write("SELECT 2 AS id, 'x' AS v", _lake.Options() with { EvolveSchema = true });
        _lake.Delete("id = 1");
        var before = _lake.Rows();
        using (var staged = _lake.Table().StageRestore(_lake.Options(), version: 0))
            Assert.Equal(new CommitResult.Committed(3), staged.Commit());

        Assert.Equal(["{'id': 1}"], _lake.Rows());
        Assert.Equal(before, _lake.Rows(2));
        Assert.Equal("RESTORE", Info()["operation"]!.ToString());
        Assert.Equal("1", Info()["operationMetrics"]!["numRestoredFiles"]!.ToString());
        _lake.Write("SELECT 5 AS id");
        Assert.Equal(2, _lake.Rows().Length);
    }

    [Fact]
    public void A_version_whose_file_is_gone_cannot_be_restored_and_the_file_is_named()
    {
        _lake.Write("SELECT 1 AS id");
        _lake.Write("SELECT 2 AS id", _lake.Options(WriteMode.Overwrite));
        var file = _lake.Table().TryRead(0)!.Files.Single().Path;
        File.Delete(_lake.File($"t/{file}"));
        _lake.IsDamaged = true;
        var error = Assert.Throws<LakeException>(() => _lake.Table().StageRestore(_lake.Options(), version: 0));

        Assert.Equal((0, file), (error.Version, error.File));
        Assert.Contains(
            "no version 9",
            Assert.Throws<LakeException>(() => _lake.Table().StageRestore(_lake.Options(), 9)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => _lake.Table().StageRestore(_lake.Options()));
    }

    [Fact]
    public void A_restore_conflicts_with_whatever_changed_rows_since()
    {
        _lake.Write("SELECT 1 AS id");
        _lake.Write("SELECT 2 AS id");
        using var staged = _lake.Table().StageRestore(_lake.Options(), version: 0);
        _lake.Write("SELECT 3 AS id");

        Assert.Equal(2, Assert.IsType<CommitResult.Conflicted>(staged.Commit()).Version);
    }

    private WriteOptions Replace(string condition) => _lake.Options(WriteMode.OverwriteWhere) with { ReplaceWhere = condition };

    private JsonObject Info() => _lake.Table().History()[0].Info;

    private static string Refusal(Action write) => Assert.Throws<LakeException>(write).Message;
}
