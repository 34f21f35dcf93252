using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Tests;

public sealed class RowRuleTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void A_row_that_breaks_a_constraint_ends_the_write_and_is_told_with_its_values()
    {
        _lake.Write("SELECT 1 AS id, 'a' AS v");
        Constrain("Positive", "`id` > 0 AND v <> \"bad\"");
        _lake.Write("SELECT 2 AS id, 'b' AS v");
        var error = Assert.Throws<LakeException>(() => _lake.Write("SELECT * FROM (VALUES (3, 'c'), (-4, 'd')) t(id, v)"));

        Assert.Contains("breaks the constraint 'positive'", error.Message, StringComparison.Ordinal);
        Assert.Contains("id = -4, v = d", error.Message, StringComparison.Ordinal);
        Assert.Throws<LakeException>(() => _lake.Update(new() { ["id"] = "-id" }, "id = 1"));
        Assert.Throws<LakeException>(() => _lake.Write("SELECT 9 AS id, 'bad' AS v", _lake.Merge("id")));
        Assert.Throws<LakeException>(() => _lake.Write("SELECT NULL::INTEGER AS id, 'unknown' AS v"));
        Assert.Equal(["{'id': 1, 'v': a}", "{'id': 2, 'v': b}"], _lake.Rows());
        Assert.Equal(2, Directory.GetFiles(_lake.File("t"), "*.parquet").Length);
    }

    [Fact]
    public void A_constraint_is_part_of_the_protocol_and_can_be_dropped()
    {
        _lake.Write("SELECT 1 AS id");
        Constrain("c", "id < 10");

        Assert.Equal((1, 7), (Protocol().MinReaderVersion, Protocol().MinWriterVersion));
        Assert.Equal(["appendOnly", "checkConstraints", "invariants"], Protocol().WriterFeatures!.Order());
        Assert.Contains("already", Assert.Throws<LakeException>(() => Constrain("C", "id < 5")).Message, StringComparison.Ordinal);
        TestLake.Commit(_lake.Table().StageDropConstraint("C", _lake.Options()));
        _lake.Write("SELECT 100 AS id");
        Assert.Throws<LakeException>(() => _lake.Table().StageDropConstraint("c", _lake.Options()));
        var dropped = _lake.Table().History()[1];
        Assert.Equal("DROP CONSTRAINT", dropped.Operation);
        Assert.Equal(("C", "id < 10", "true"), (dropped.Parameters["name"], dropped.Parameters["expr"], dropped.Parameters["existed"]));
    }

    [Fact]
    public void A_constraint_that_a_row_breaks_already_is_not_added()
    {
        _lake.Write("SELECT i AS id FROM range(20) t(i)");
        var error = Assert.Throws<LakeException>(() => Constrain("c", "id < 10"));

        Assert.Contains("not true of each row that it has", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _lake.Table().TryRead()!.Version);
    }

    [Fact]
    public void A_constraint_conflicts_with_rows_that_came_while_it_was_checked()
    {
        _lake.Write("SELECT 1 AS id");
        using var staged = _lake.Table().StageConstraint(_lake.Connection, "c", "id < 10", _lake.Options());
        _lake.Write("SELECT 20 AS id");

        Assert.IsType<CommitResult.Conflicted>(staged.Commit());
    }

    [Theory]
    [InlineData("rlike(v, 'a')", "'rlike'")]
    [InlineData("id / 2 > 1", "'/'")]
    [InlineData("CAST(v AS INT) > 1", "cast to INTEGER")]
    [InlineData("v = 'a\\'b'", "backslash")]
    [InlineData("nope > 1", "nope")]
    [InlineData("id >", "cannot be parsed")]
    [InlineData("id IN (SELECT 1)", "subquery")]
    public void What_the_engine_would_not_check_as_spark_does_is_refused_by_name(string expression, string reason)
    {
        _lake.Write("SELECT 1 AS id, 'a' AS v");
        Assert.Contains(reason, Assert.Throws<LakeException>(() => Constrain("c", expression)).Message, StringComparison.Ordinal);

        Change("checkConstraints", configuration => configuration["delta.constraints.c"] = expression);
        var error = Assert.Throws<LakeException>(() => _lake.Write("SELECT 1 AS id, 'a' AS v"));
        Assert.Contains("constraint 'c'", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, _lake.Delete("id = 1").RowsDeleted);
    }

    [Fact]
    public void Invariants_hold()
    {
        _lake.Write("SELECT 5 AS x");
        Field("x", "delta.invariants", """{"expression": { "expression": "x > 3"} }""", "invariants");
        _lake.Write("SELECT 4 AS x");

        Assert.Contains("x = 3", Assert.Throws<LakeException>(() => _lake.Write("SELECT 3 AS x")).Message, StringComparison.Ordinal);
        Assert.Throws<LakeException>(() => _lake.Write("SELECT NULL::INTEGER AS x"));
    }

    [Fact]
    public void Generated_columns_are_computed_when_they_do_not_come_and_checked_when_they_do()
    {
        _lake.Write("SELECT TIMESTAMPTZ '2024-01-05 10:00:00+00' AS ts, DATE '2024-01-05' AS day, 1 AS id");
        Field("day", "delta.generationExpression", "CAST(ts AS DATE)", "generatedColumns");
        _lake.Write("SELECT TIMESTAMPTZ '2024-02-06 10:00:00+00' AS ts, 2 AS id");
        _lake.Write("SELECT TIMESTAMPTZ '2024-03-07 10:00:00+00' AS ts, DATE '2024-03-07' AS day, 3 AS id");
        var error = Assert.Throws<LakeException>(() =>
            _lake.Write("SELECT TIMESTAMPTZ '2024-03-07 10:00:00+00' AS ts, DATE '2024-03-08' AS day, 4 AS id")
        );
        _lake.Update(new() { ["ts"] = "ts + INTERVAL 1 DAY" }, "id = 2");
        _lake.Write("SELECT TIMESTAMPTZ '2025-03-07 10:00:00+00' AS ts, 3 AS id", _lake.Merge("id"));

        Assert.Contains("generated column 'day'", error.Message, StringComparison.Ordinal);
        Assert.Equal(["2024-01-05", "2024-02-07", "2025-03-07"], _lake.Rows().Select(row => row.Split("'day': ")[1].Split(',')[0]).Order());
    }

    [Fact]
    public void Columns_that_do_not_come_get_their_defaults()
    {
        _lake.Write("SELECT 1 AS id, 'a' AS v");
        Field("v", "CURRENT_DEFAULT", "'none'", "allowColumnDefaults");
        _lake.Write("SELECT 2 AS id");
        _lake.Write("SELECT 3 AS id, NULL::VARCHAR AS v");
        _lake.Write("SELECT * FROM (VALUES (1), (4)) t(id)", _lake.Merge("id"));

        Assert.Equal(["{'id': 1, 'v': a}", "{'id': 2, 'v': none}", "{'id': 3, 'v': NULL}", "{'id': 4, 'v': none}"], _lake.Rows());
    }

    [Fact]
    public void Rules_of_a_feature_that_the_protocol_does_not_have_are_none()
    {
        _lake.Write("SELECT 1 AS id");
        Change(null, configuration => configuration["delta.constraints.c"] = "id > 100");
        _lake.Write("SELECT 2 AS id");

        Assert.Equal(2, _lake.Rows().Length);
    }

    [Fact]
    public void What_is_not_kept_is_refused_by_name()
    {
        _lake.Write("SELECT 1 AS id, {'a': 1} AS s");
        Field("id", "delta.identity.start", "1", "identityColumns");
        Assert.Contains(
            "identity values",
            Assert.Throws<LakeException>(() => _lake.Write("SELECT 2 AS id")).Message,
            StringComparison.Ordinal
        );

        _lake.Write("SELECT {'a': 1} AS s", path: "nested");
        _lake.Alter(
            "generatedColumns",
            metadata =>
                metadata["schemaString"] = metadata["schemaString"]!
                    .ToString()
                    .Replace("\"metadata\":{}}]}", "\"metadata\":{\"delta.generationExpression\":\"1\"}}]}", StringComparison.Ordinal),
            "nested"
        );
        var error = Assert.Throws<LakeException>(() => _lake.Write("SELECT {'a': 1} AS s", path: "nested"));
        Assert.Contains("a field of column 's' has a generation expression", error.Message, StringComparison.Ordinal);
    }

    private void Constrain(string name, string expression) =>
        TestLake.Commit(_lake.Table().StageConstraint(_lake.Connection, name, expression, _lake.Options()));

    private Log.TableProtocol Protocol() => _lake.Table().TryRead()!.Protocol;

    private void Field(string column, string key, string value, string feature) =>
        _lake.Alter(
            feature,
            metadata =>
            {
                var schema = JsonNode.Parse(metadata["schemaString"]!.ToString())!;
                schema["fields"]!.AsArray().Single(field => field!["name"]!.ToString() == column)!["metadata"]![key] = value;
                metadata["schemaString"] = schema.ToJsonString();
            }
        );

    private void Change(string? feature, Action<JsonNode> configuration) =>
        _lake.Alter(feature, metadata => configuration(metadata["configuration"]!));
}
