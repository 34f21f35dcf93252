namespace ServerlessHub.Engine.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void A_query_gives_typed_rows()
    {
        using var database = Database.Open();
        using var connection = database.Connect();
        connection.Execute("CREATE TABLE t AS SELECT i, 'text ' || i AS t FROM range(5000) r(i); INSERT INTO t VALUES (NULL, NULL)");
        connection.SetVariable("lowest", 4990L, LogicalType.BigInt);
        using var result = connection.Query("SELECT * FROM t WHERE i > getvariable('lowest') OR i IS NULL ORDER BY i");
        Assert.Equal((Column[])[new Column("i", LogicalType.BigInt), new Column("t", LogicalType.Varchar)], result.Columns);
        Assert.Equal(10, result.Rows().Count());
    }
}
