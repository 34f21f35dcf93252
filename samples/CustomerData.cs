using ServerlessHub.Engine;

namespace ServerlessHub.Samples;

/// <summary>What the application <c>customer</c> reads: the branches' customer files and the CRM's two databases.</summary>
internal static class CustomerData
{
    public static void Write(Generator generator, long rows)
    {
        generator.WriteFiles("customers-{0}.csv", rows, "customer_rows", "HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'");
        WriteCrm(generator, rows);
        WriteCrmService(generator);
    }

    private static void WriteCrm(Generator generator, long rows)
    {
        generator.Execute($"ATTACH {Sql.Literal(generator.Place("crm.duckdb"))} AS crm");
        generator.Execute("CREATE TABLE crm.customer (customer_id BIGINT, status VARCHAR, updated_at TIMESTAMP)");
        foreach (var _ in generator.Batches(rows))
            generator.Execute("INSERT INTO crm.customer FROM crm_rows()");
        generator.Execute("DETACH crm");
    }

    // The table that the CRM lets us write: it is there, with its key, and empty.
    private static void WriteCrmService(Generator generator)
    {
        generator.Execute($"ATTACH {Sql.Literal(generator.Place("crm_service.duckdb"))} AS crm_service");
        generator.Execute("CREATE SCHEMA crm_service.dbo");
        generator.Execute(
            "CREATE TABLE crm_service.dbo.customer_service_snapshot (country_name VARCHAR PRIMARY KEY, customers BIGINT NOT NULL, revenue DECIMAL(18, 2))"
        );
        generator.Execute("DETACH crm_service");
    }
}
