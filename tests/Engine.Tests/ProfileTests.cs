namespace ServerlessHub.Engine.Tests;

public sealed class ProfileTests : EngineTest
{
    [Fact]
    public void Operators_tell_their_rows()
    {
        Connection.Execute("CREATE TABLE t AS SELECT i, i % 10 AS g FROM range(100000) r(i)");
        Connection.IsProfiling = true;
        Connection.Execute("CREATE TABLE u AS SELECT g, count(*) AS n FROM t WHERE i % 2 = 0 GROUP BY g");
        var root = Connection.LastProfile!;
        var operators = All(root).ToList();
        var scan = operators.Single(o => o.Type == "TABLE_SCAN");
        Assert.Equal(100_000, scan.RowsScanned);
        Assert.EndsWith("t", scan.Details["Table"], StringComparison.Ordinal);
        Assert.Equal(5, operators.Single(o => o.Name.EndsWith("GROUP_BY", StringComparison.Ordinal)).Rows);
        Assert.True(root.Time > TimeSpan.Zero);
        Assert.Equal(100_000, root.RowsScanned);
    }

    [Fact]
    public void A_result_that_was_read_has_a_profile()
    {
        Connection.IsProfiling = true;
        Assert.Equal(700, Rows("SELECT i FROM range(700) t(i)").Count);
        Assert.Equal(700, Connection.LastProfile!.Rows);
    }

    [Fact]
    public void There_is_no_profile_unless_asked_for()
    {
        Connection.Execute("SELECT 1");
        Assert.Null(Connection.LastProfile);
        Connection.IsProfiling = true;
        Connection.IsProfiling = false;
        Connection.Execute("SELECT 1");
        Assert.Null(Connection.LastProfile);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{Table=memory.main.t}", "Table", "memory.main.t")]
    [InlineData(
        "{Join Type=INNER, Conditions='a = b, c = d', __estimated_cardinality__=5}",
        "Join Type",
        "INNER",
        "Conditions",
        "a = b, c = d",
        "__estimated_cardinality__",
        "5"
    )]
    [InlineData("{Filters='t=\\'it\\\\\\'s\\'', Empty=''}", "Filters", "t='it\\'s'", "Empty", "")]
    public void A_map_is_read_from_its_text(string text, params string[] expected) =>
        Assert.Equal(expected, MapText.Parse(text).SelectMany(pair => new[] { pair.Key, pair.Value }));

    [Fact]
    public void What_DuckDB_writes_as_text_is_read_back()
    {
        string[] values = ["plain", "", "it's", "a, b", "{x=y}", "back\\slash", "\"q\"", " blank ", "new\nline", "a=b", "NULL"];
        for (var i = 0; i < values.Length; i++)
        {
            var text = Scalar<string>($"SELECT MAP {{'key': {Sql.Literal(values[i])}, 'last': 'end'}}::VARCHAR")!;
            Assert.Equal(["key", values[i], "last", "end"], MapText.Parse(text).SelectMany(pair => new[] { pair.Key, pair.Value }));
        }
    }

    private static IEnumerable<ProfileNode> All(ProfileNode node) => node.Children.SelectMany(All).Prepend(node);
}
