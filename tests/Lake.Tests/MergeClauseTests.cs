namespace ServerlessHub.Lake.Tests;

public sealed class MergeClauseTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Of_each_kind_the_first_clause_that_is_true_applies()
    {
        _lake.Write("SELECT i AS id, i * 10 AS n, 'old' AS v FROM range(1, 7) t(i)");
        var metrics = Merge(
            "SELECT * FROM (VALUES (1, 'delete'), (2, 'add'), (3, 'other'), (8, 'add'), (9, 'skip')) t(id, op)",
            new(MergeRows.Matched, MergeAction.Delete) { Condition = "source.op = 'delete'" },
            new(MergeRows.Matched, MergeAction.Update)
            {
                Condition = "source.op = 'add' AND target.n < 1000",
                Set = new Dictionary<string, string> { ["n"] = "target.n + source.id", ["v"] = "source.op" },
            },
            new(MergeRows.NotMatched, MergeAction.Insert)
            {
                Condition = "source.op <> 'skip'",
                Set = new Dictionary<string, string> { ["id"] = "source.id", ["v"] = "'inserted'" },
            },
            new(MergeRows.NotMatchedBySource, MergeAction.Delete) { Condition = "target.id = 6" },
            new(MergeRows.NotMatchedBySource, MergeAction.Update)
            {
                Condition = "target.id >= 5",
                Set = new Dictionary<string, string> { ["v"] = "'gone at the source'" },
            }
        );

        Assert.Equal(
            [
                "{'id': 2, 'n': 22, 'v': add}",
                "{'id': 3, 'n': 30, 'v': old}",
                "{'id': 4, 'n': 40, 'v': old}",
                "{'id': 5, 'n': 50, 'v': gone at the source}",
                "{'id': 8, 'n': NULL, 'v': inserted}",
            ],
            _lake.Rows()
        );
        Assert.Equal((2L, 2L, 1L, 2L), (metrics.RowsUpdated, metrics.RowsDeleted, metrics.RowsInserted, metrics.RowsCopied));
        var info = _lake.Table().History()[0];
        Assert.Equal("1", info.Metrics["numTargetRowsMatchedDeleted"]);
        Assert.Equal("1", info.Metrics["numTargetRowsNotMatchedBySourceUpdated"]);
        Assert.Equal(
            """[{"predicate":"target.id = 6","actionType":"delete"},{"predicate":"target.id >= 5","actionType":"update"}]""",
            info.Parameters["notMatchedBySourcePredicates"]
        );
    }

    [Fact]
    public void A_merge_that_only_inserts_leaves_the_files_that_are_there_alone()
    {
        _lake.Write("SELECT i AS id, 'old' AS v FROM range(5) t(i)");
        var metrics = Merge("SELECT i AS id, 'new' AS v FROM range(3, 8) t(i)", new MergeClause(MergeRows.NotMatched, MergeAction.Insert));

        Assert.Equal((3L, 0, 1), (metrics.RowsInserted, metrics.FilesRemoved, metrics.FilesAdded));
        Assert.Equal(8, _lake.Rows().Length);
    }

    [Fact]
    public void Rows_that_the_source_no_longer_has_are_deleted_also_if_it_has_none()
    {
        _lake.Write("SELECT i AS id FROM range(5) t(i)");
        var metrics = Merge("SELECT 1::BIGINT AS id WHERE false", new MergeClause(MergeRows.NotMatchedBySource, MergeAction.Delete));

        Assert.Equal((5L, 1, 0), (metrics.RowsDeleted, metrics.FilesRemoved, metrics.FilesAdded));
        Assert.Empty(_lake.Rows());
    }

    [Fact]
    public void A_merge_adds_columns_only_when_asked()
    {
        _lake.Write("SELECT 1 AS id, {'a': 1} AS s");
        const string Sql = "SELECT * FROM (VALUES (1, {'a': 5, 'b': 6}, 'x'), (2, {'a': 7, 'b': 8}, 'y')) t(id, s, added)";
        MergeClause[] clauses = [new(MergeRows.Matched, MergeAction.Update), new(MergeRows.NotMatched, MergeAction.Insert)];
        _lake.Write("SELECT 3 AS id, {'a': 3} AS s");
        _lake.Write(Sql, _lake.Merge("id") with { Clauses = clauses, EvolveSchema = true });

        Assert.Equal(
            [
                "{'id': 1, 's': {'a': 5, 'b': 6}, 'added': x}",
                "{'id': 2, 's': {'a': 7, 'b': 8}, 'added': y}",
                "{'id': 3, 's': {'a': 3, 'b': NULL}, 'added': NULL}",
            ],
            _lake.Rows()
        );
    }

    [Fact]
    public void Columns_of_the_source_that_the_table_lacks_can_be_used_in_clauses()
    {
        _lake.Write("SELECT 1 AS id, 'a' AS v");
        Merge(
            "SELECT 1 AS id, 'b' AS v, 5 AS extra",
            new MergeClause(MergeRows.Matched, MergeAction.Update) { Condition = "source.extra = 5" }
        );

        Assert.Equal(["{'id': 1, 'v': b}"], _lake.Rows());
    }

    [Fact]
    public void Columns_with_the_names_that_the_engine_has_for_rows_are_merged()
    {
        _lake.Write("SELECT 1 AS id, 10 AS rowid, 'a' AS source");
        _lake.Write("SELECT * FROM (VALUES (1, 11, 'b'), (2, 12, 'c')) t(id, rowid, source)", _lake.Merge("id"));

        Assert.Equal(["{'id': 1, 'rowid': 11, 'source': b}", "{'id': 2, 'rowid': 12, 'source': c}"], _lake.Rows());
    }

    [Fact]
    public void A_clause_must_name_columns_that_are_there()
    {
        _lake.Write("SELECT 1 AS id");
        var clause = new MergeClause(MergeRows.Matched, MergeAction.Update) { Set = new Dictionary<string, string> { ["nope"] = "1" } };

        Assert.Contains("'nope'", Assert.Throws<LakeException>(() => Merge("SELECT 1 AS id", clause)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _lake.Write("SELECT 1 AS id", _lake.Options() with { Clauses = [clause] }));
    }

    private WriteMetrics Merge(string sql, params MergeClause[] clauses) => _lake.Write(sql, _lake.Merge("id") with { Clauses = clauses });
}
