using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class SqlStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench()
        .Table("a", "FROM (VALUES (1, 'x'), (2, 'y'), (3, 'x')) t(id, name)")
        .Table("b c", "FROM (VALUES (1, 10), (3, 30)) t(id, n)")
        .Parameter("least", LogicalType.Integer, 2);

    [Fact]
    public void It_gives_what_the_select_gives() =>
        Assert.Equal(
            ["x|40", "y|∅"],
            bench
                .Run("<sql sources='a, b c'>SELECT name, sum(n) AS n FROM a LEFT JOIN \"b c\" b USING (id) GROUP BY name</sql>", "a")
                .Order()
        );

    [Fact]
    public void Its_order_is_kept() =>
        Assert.Equal(["3", "2", "1"], bench.Run("<sql sources='a' id='s'>SELECT id FROM a ORDER BY id DESC</sql>", "s"));

    [Fact]
    public void A_parameter_is_bound() =>
        Assert.Equal(["2|y", "3|x"], bench.Run("<sql sources='a'><![CDATA[SELECT * FROM a WHERE id >= :least]]></sql>", "a").Order());

    [Fact]
    public void Its_first_and_last_go_by_its_order() =>
        Assert.Equal(
            ["3|1"],
            bench.Run(
                "<sql sources='a'>SELECT id FROM a ORDER BY id DESC</sql><aggregate source='a' metrics='first:id:f, last:id:l'/>",
                "a"
            )
        );

    [Theory]
    [InlineData("SELECT id FROM «\"b c\"", "« HUB2001: the query reads 'b c', which is not among its sources; sources here: a")]
    [InlineData("SELECT «x FROM a", "« HUB2004: no column 'x' in 'a'; columns here: id, name")]
    [InlineData(
        "SELECT * FROM «read_csv('/etc/passwd')",
        "« HUB3003: the table function read_csv is not allowed here; a query reads its sources, nothing else"
    )]
    [InlineData("«SELECT * FROM a JOIN a AS a2 USING (nam)", "« HUB2004: no column 'nam' in 'a'; did you mean 'name'?")]
    [InlineData("«SELECT 1; SELECT 2", "« HUB3003: this must be one SELECT, not several statements")]
    public void What_it_must_not_or_cannot_read_is_reported(string sql, string finding) =>
        Assert.Equal(finding, bench.Findings($"<sql sources='a'>{sql}</sql>"));

    [Fact]
    public void A_column_that_comes_twice_gets_a_number() =>
        Assert.Equal("id INTEGER, id_1 VARCHAR", bench.Columns("<sql sources='a'>SELECT id, name AS id FROM a</sql>", "a"));

    public void Dispose() => bench.Dispose();
}
