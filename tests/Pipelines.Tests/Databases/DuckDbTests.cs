using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Databases;

public sealed class DuckDbTests : DatabaseTests
{
    public DuckDbTests()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        Execute("SELECT 1");
    }

    private protected override DatabaseHub Hub { get; } = new("jdbc:duckdb:landing/crm.duckdb");

    private string File => Path.Combine(Hub.Root.Path, "landing", "crm.duckdb");

    protected override string Scalar(string sql)
    {
        using var database = Database.Open(new DatabaseOptions { Path = File });
        using var connection = database.Connect();
        using var result = connection.Query(sql);
        return result.Rows().First()[0]!.ToString()!;
    }

    protected override void Execute(string sql)
    {
        using var database = Database.Open(new DatabaseOptions { Path = File });
        using var connection = database.Connect();
        connection.Execute(sql);
    }

    [Fact]
    public void A_query_reaches_nothing_but_its_database()
    {
        var outside = Hub.Write("landing/other.csv", "a\n1\n");
        foreach (var sql in new[] { $"SELECT * FROM read_csv('{outside}')", $"SELECT * FROM read_text('{outside}')" })
            Assert.Contains(Hub.Validate(From(sql), Out), f => f.Rule == Rule.UnboundExpression);
        Assert.Contains(
            Hub.Validate(From("CREATE TABLE x (a INTEGER)"), Out),
            f => f.Message.Contains("is no query", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void One_file_can_be_read_and_written_by_one_run()
    {
        Execute("CREATE TABLE a AS SELECT range AS id, 'n' || range AS name FROM range(5000)");
        Hub.MustRun(From("SELECT id, name FROM a"), Into("dbo.b", "overwrite"));
        Assert.Equal("5000", Scalar("SELECT count(*) FROM dbo.b"));
    }

    [Fact]
    public void A_file_that_is_missing_is_told()
    {
        Hub.Connect("db", "jdbc:duckdb:landing/nowhere.duckdb");
        Assert.Contains(
            Hub.Validate(From("SELECT 1 AS a"), Out),
            f => f.Rule == Rule.NotChecked && f.Message.Contains("there is no such file", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("jdbc:duckdb:../outside.duckdb")]
    [InlineData("jdbc:duckdb:/tmp/outside.duckdb")]
    [InlineData("jdbc:duckdb:.hub/secrets/x")]
    public void A_file_outside_the_hub_is_refused(string url)
    {
        Hub.Connect("db", url);
        Hub.Rows("SELECT 1 AS id");
        Assert.Equal(RunStatus.Failed, Hub.Run(Rows, Into("t")).Status);
    }

    [Fact]
    public void A_vendor_without_a_driver_here_is_refused_unless_the_hub_maps_it()
    {
        const string source = """<database id="d" jdbcUrl="jdbc:sybase://host/db"><sql>SELECT 1 AS id</sql></database>""";
        Assert.Contains(Hub.Validate(source, Out), f => f.Rule == Rule.BadValue);
        Hub.Write("config/connections.json", """{"jdbc:mysql://host/db": {"jdbcUrl": "jdbc:duckdb:landing/crm.duckdb"}}""");
        Hub.MustRun(
            """<database id="d" jdbcUrl="jdbc:mysql://host/db?useSSL=true" userSecretRef="not-here"><sql>SELECT 1 AS id</sql></database>""",
            Out
        );
        Assert.Equal([1], Assert.Single(Hub.Read("out.parquet")));
    }
}
