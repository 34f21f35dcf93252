using ServerlessHub.Engine;

namespace ServerlessHub.Benchmarks.Streams;

/// <summary>What a person would write for DuckDB, to make the same of a file with the same events, once: no log, no offsets, nothing carried on.</summary>
internal static class DuckDbAlone
{
    public static void Run(string folder, int events)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "events.json");
        if (!File.Exists(file))
            Write(file, events);
        using var database = Database.Open();
        using var connection = database.Connect();
        var measured = new Measured();
        string To(string name) => Sql.Literal(Path.Combine(folder, $"{name}.parquet"));
        measured.Add(() =>
            connection.Execute(
                $$"""
                SET TimeZone = 'UTC';
                COPY (SELECT content AS value FROM read_text({{Sql.Literal(file)}})) TO {{To("raw")}} (FORMAT parquet, COMPRESSION snappy);
                CREATE TEMP TABLE e AS SELECT * FROM read_json({{Sql.Literal(file)}}, format = 'newline_delimited', columns = {
                  order_id: 'BIGINT', customer: 'VARCHAR', country: 'VARCHAR', amount: 'DOUBLE', placed_at: 'TIMESTAMPTZ', items: 'STRUCT(sku VARCHAR, qty INTEGER)[]'});
                COPY (SELECT * EXCLUDE (items) FROM e) TO {{To("orders")}} (FORMAT parquet, COMPRESSION zstd);
                COPY (SELECT order_id, generate_subscripts(items, 1) - 1 AS position, unnest(items, recursive := true) FROM e)
                  TO {{To("items")}} (FORMAT parquet, COMPRESSION zstd);
                COPY (SELECT country, time_bucket(INTERVAL 5 MINUTE, placed_at) AS w, count(*), sum(amount), avg(amount) FROM e GROUP BY ALL)
                  TO {{To("summary")}} (FORMAT parquet, COMPRESSION zstd);
                """
            )
        );
        measured.Print();
    }

    private static void Write(string file, int events)
    {
        var source = new OrderEvents(1);
        using var output = File.Create(file);
        for (var i = 0; i < events; i++)
        {
            output.Write(source.Next());
            output.WriteByte((byte)'\n');
        }
    }
}
