using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ServerlessHub.Benchmarks.Streams;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

// phases FOLDER EVENTS BATCH [--schema] [--ids] | duckdb FOLDER EVENTS
var (what, folder, events) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
if (what == "phases")
    Phases(folder, events, int.Parse(args[3], CultureInfo.InvariantCulture), args.Contains("--schema"), args.Contains("--ids"));
else
    DuckDb(folder, events);

static void Phases(string folder, int events, int size, bool hasSchema, bool hasIds)
{
    Directory.CreateDirectory(Path.Combine(folder, "config/applications/shop/staging/streams"));
    var root = new HubRoot(folder);
    var findings = new Diagnostics();
    var document = StreamDocument.Read(
        $"""
        <stream id="orders" version="1.0" layer="staging">
          <ingest table="orders_raw"><kafka bootstrapServers="none:1" topic="orders"/></ingest>
          <flatten root="orders" key="order_id" {(
            hasIds ? "eventId=\"order_id\"" : ""
        )}><child path="$.items[*]" table="order_items"/></flatten>
          <summarise>
            <driver id="by_country" table="orders_by_country" groupBy="country" metrics="count:orders, sum:amount:revenue, avg:amount:mean"
                    window="PT5M" timeColumn="placed_at" allowedLateness="PT10M"/>
          </summarise>
        </stream>
        """,
        "orders.xml",
        "staging",
        findings
    )!;
    var definition = new StreamDefinition(new("shop", "staging", "orders"), document, "benchmark")
    {
        Schema = hasSchema
            ? LogicalType
                .Parse(
                    "STRUCT(order_id BIGINT, customer VARCHAR, country VARCHAR, amount DOUBLE, placed_at TIMESTAMPTZ, items STRUCT(sku VARCHAR, qty INTEGER)[])"
                )
                .Children
            : null,
    };
    using var processor = new StreamProcessor(root, definition);
    var source = new OrderEvents(8);
    var batch = new EventBatch();
    var (filling, working) = (TimeSpan.Zero, TimeSpan.Zero);
    var clock = Stopwatch.StartNew();
    for (var done = 0; done < events; done += size)
    {
        var start = Environment.CpuUsage.TotalTime;
        batch.Clear();
        source.Fill(batch, Math.Min(size, events - done));
        filling += Environment.CpuUsage.TotalTime - start;
        start = Environment.CpuUsage.TotalTime;
        if (!processor.ProcessBatch(batch).IsCommitted)
            throw new InvalidOperationException("Somebody else writes here.");
        working += Environment.CpuUsage.TotalTime - start;
    }
    Print(clock.Elapsed, working, filling, source.Bytes);
}

static void DuckDb(string folder, int events)
{
    var file = Path.Combine(folder, "events.json");
    var source = new OrderEvents(8);
    if (!File.Exists(file))
        using (var output = File.Create(file))
            for (var i = 0; i < events; i++)
            {
                output.Write(source.Next());
                output.WriteByte((byte)'\n');
            }
    using var database = Database.Open();
    using var connection = database.Connect();
    var clock = Stopwatch.StartNew();
    var start = Environment.CpuUsage.TotalTime;
    connection.Execute(
        $"""
        SET TimeZone = 'UTC';
        CREATE TEMP TABLE e AS SELECT * FROM read_json({Sql.Literal(file)}, format = 'newline_delimited', columns = [map removed]);
        """.Replace(
            "columns = [map removed]",
            "columns = {order_id: 'BIGINT', customer: 'VARCHAR', country: 'VARCHAR', amount: 'DOUBLE', placed_at: 'TIMESTAMPTZ', items: 'STRUCT(sku VARCHAR, qty INTEGER)[]'}",
            StringComparison.Ordinal
        )
    );
    foreach (
        var (name, query) in new[]
        {
            ("raw", $"SELECT content AS value FROM read_text({Sql.Literal(file)})"),
            ("orders", "SELECT * EXCLUDE (items) FROM e"),
            ("items", "SELECT order_id, generate_subscripts(items, 1) - 1 AS position, unnest(items, recursive := true) FROM e"),
            (
                "summary",
                "SELECT country, time_bucket(INTERVAL 5 MINUTE, placed_at) AS w, count(*), sum(amount), avg(amount) FROM e GROUP BY ALL"
            ),
        }
    )
        connection.Execute(
            $"COPY ({query}) TO {Sql.Literal(Path.Combine(folder, name + ".parquet"))} (FORMAT parquet, COMPRESSION {(name == "raw" ? "snappy" : "zstd")})"
        );
    Print(clock.Elapsed, Environment.CpuUsage.TotalTime - start, TimeSpan.Zero, new FileInfo(file).Length);
}

static void Print(TimeSpan wall, TimeSpan cpu, TimeSpan filling, long bytes) =>
    Console.WriteLine(
        JsonSerializer.Serialize(
            new
            {
                wall = wall.TotalSeconds,
                cpu = cpu.TotalSeconds,
                filling = filling.TotalSeconds,
                bytes,
                peak = Process.GetCurrentProcess().PeakWorkingSet64 >> 20,
            }
        )
    );
