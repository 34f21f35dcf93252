using ServerlessHub.Pipelines.Connectors.Databases;

namespace ServerlessHub.Pipelines.Tests.Databases;

public sealed class JdbcUrlTests
{
    [Theory]
    [InlineData("jdbc:postgresql://db.example:5433/crm?user=a&password=b", "postgresql", "db.example", 5433, "crm")]
    [InlineData("jdbc:mysql://host/db", "mysql", "host", null, "db")]
    [InlineData("jdbc:sqlserver://host:1433;databaseName=crm;encrypt=true", "sqlserver", "host", 1433, "crm")]
    [InlineData("jdbc:sqlserver://crm-host/db", "sqlserver", "crm-host", null, "db")]
    [InlineData("jdbc:mariadb://[::1]:3307/a%20b", "mariadb", "::1", 3307, "a b")]
    [InlineData("jdbc:duckdb:landing/crm.duckdb", "duckdb", "", null, "landing/crm.duckdb")]
    public void An_address_is_taken_apart(string text, string vendor, string host, int? port, string database)
    {
        var url = JdbcUrl.Parse(text)!;
        Assert.Equal((vendor, host, port, database), (url.Vendor, url.Host, url.Port, url.Database));
    }

    [Theory]
    [InlineData("postgresql://host/db")]
    [InlineData("jdbc:oracle:thin:@host:1521:orcl")]
    [InlineData("jdbc:postgresql://user:secret@host/db")]
    [InlineData("")]
    public void Anything_else_is_none(string text) => Assert.Null(JdbcUrl.Parse(text));

    [Fact]
    public void Its_text_shows_no_property()
    {
        var url = JdbcUrl.Parse("jdbc:postgresql://host:5432/crm?user=ann&password=s3cret&sslkey=abc")!;
        Assert.Equal("jdbc:postgresql://host:5432/crm", url.ToString());
        Assert.Equal("s3cret", url.Property("pwd", "PASSWORD"));
    }
}
