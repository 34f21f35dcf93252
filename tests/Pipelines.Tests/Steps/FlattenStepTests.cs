using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class FlattenStepTests : IDisposable
{
    private const string Orders = """
        SELECT unnest(['a', 'b']) AS topic, unnest([
          {'order_id': 1, 'customer': {'name': 'Ann', 'address': {'city': 'Bern'}}, 'items': [
            {'sku': 'x', 'n': 2, 'order_id': 9, 'tags': ['red', 'new']}, {'sku': 'y', 'n': 1, 'order_id': 9, 'tags': []}]},
          {'order_id': 2, 'customer': NULL, 'items': [NULL]}]) AS payload
        """;

    private readonly StepBench bench = new StepBench().Table("events", Orders);

    [Fact]
    public void Objects_become_columns_and_named_lists_datasets()
    {
        const string steps =
            "<flatten source='events' column='payload' root='orders' key='order_id'><child path='$.items[*]' table='order_items'/></flatten>";
        Assert.Equal(
            [
                "topic VARCHAR, order_id INTEGER, customer_name VARCHAR, customer_address_city VARCHAR",
                "order_id INTEGER, _id VARCHAR, _parent_id VARCHAR, _position BIGINT, sku VARCHAR, n INTEGER, order_items_order_id INTEGER, tags VARCHAR[]",
            ],
            new[] { "orders", "order_items" }.Select(d => bench.Columns(steps, d))
        );
        var results = bench.RunAll(steps, "orders", "order_items");
        Assert.Equal(["a|1|Ann|Bern", "b|2|∅|∅"], Lines(results[0]));
        Assert.Equal(["1|1/items/0|1|0|x|2|9|[red, new]", "1|1/items/1|1|1|y|1|9|[]", "2|2/items/0|2|0|∅|∅|∅|∅"], Lines(results[1]));
    }

    [Fact]
    public void Children_nest()
    {
        const string steps = """
            <flatten source='events' column='payload' root='orders' key='order_id'>
              <child path='$.items[*]' table='items'><child path='$.tags[*]' table='tags'/></child>
            </flatten>
            """;
        Assert.Equal(["1|1/items/0/tags/0|1/items/0|0|red", "1|1/items/0/tags/1|1/items/0|1|new"], bench.Run(steps, "tags").Order());
    }

    [Fact]
    public void Where_none_is_named_every_list_becomes_one()
    {
        const string steps = "<flatten source='events' column='payload' root='orders' key='order_id'/>";
        Assert.Equal(
            ["events", "orders", "orders_items", "orders_items_tags"],
            bench.Bound(steps).Scope.Datasets.Select(d => d.Name).Distinct().Order()
        );
        Assert.Equal(
            "order_id INTEGER, _id VARCHAR, _parent_id VARCHAR, _position BIGINT, value VARCHAR",
            bench.Columns(steps, "orders_items_tags")
        );
        Assert.Equal(3, bench.Rows(steps, "orders_items").Count);
    }

    [Fact]
    public void Without_a_column_the_row_is_the_object() =>
        Assert.Equal(
            ["1|1/lines/0|1|0|7", "1|1/lines/1|1|1|8"],
            bench
                .Table("rows", "SELECT 1 AS id, {'a': 'x'} AS o, [7, 8] AS lines")
                .Run("<flatten source='rows' root='r' key='id'/>", "r_lines")
                .Order()
        );

    [Fact]
    public void Without_a_root_the_source_is_bound_again() =>
        Assert.Equal(
            "topic VARCHAR, x INTEGER",
            bench.Table("e", "SELECT 'a' AS topic, {'x': 1} AS o").Columns("<flatten source='e' column='o'/>", "e")
        );

    [Fact]
    public void A_field_with_a_name_of_the_source_gets_the_columns_prefix() =>
        Assert.Equal(
            "topic VARCHAR, o_topic INTEGER",
            bench.Table("e", "SELECT 'a' AS topic, {'topic': 1} AS o").Columns("<flatten source='e' column='o' root='r'/>", "r")
        );

    [Fact]
    public void Json_text_is_read_by_its_schema()
    {
        bench.Table(
            "events",
            """
            FROM (VALUES
              ('{"order_id": 1, "at": "2024-01-02T03:04:05Z", "amount": 12.5, "more": {"x": [1]}, "customer": {"name": "Zoë \"Z\""}, "items": [{"sku": "x", "parts": [[1, 2], [3]]}, {}]}'),
              ('{"order_id": 2, "customer": null}'), (NULL), ('null'), ('{}')) t(payload)
            """
        );
        WithOrderSchema();
        const string steps = """
            <flatten source='events' column='payload' schemaRef='order.json' root='orders' key='order_id'>
              <child path='$.items[*]' table='items'>
                <child path='$.parts[*]' table='parts'><child path='$[*]' table='numbers'/></child>
              </child>
            </flatten>
            """;
        var results = bench.RunAll(steps, "orders", "items", "numbers");
        Assert.Equal(
            "order_id BIGINT, at TIMESTAMP WITH TIME ZONE, amount DECIMAL(9,2), customer_name VARCHAR, more JSON",
            bench.Columns(steps, "orders")
        );
        Assert.Equal(
            ["1|2024-01-02 03:04:05|12.50|Zoë \"Z\"", "2|∅|∅|∅", "∅|∅|∅|∅", "∅|∅|∅|∅", "∅|∅|∅|∅"],
            results[0].Select(r => string.Join('|', r.Take(4).Select(StepBench.Text))).Order()
        );
        Assert.Equal(["1|1/items/0|1|0|x", "1|1/items/1|1|1|∅"], Lines(results[1]));
        Assert.Equal(
            [
                "1|1/items/0/parts/0//0|1/items/0/parts/0|0|1",
                "1|1/items/0/parts/0//1|1/items/0/parts/0|1|2",
                "1|1/items/0/parts/1//0|1/items/0/parts/1|0|3",
            ],
            Lines(results[2])
        );
    }

    [Theory]
    [InlineData("""{"order_id": "x"}""", null)]
    [InlineData("""{"items": {"sku": "x"}}""", "'$.\"items\"' in the JSON of 'events' is OBJECT where a list belongs")]
    [InlineData("""{"customer": "Ann"}""", "'$.\"customer\"' in the JSON of 'events' is VARCHAR where an object belongs")]
    [InlineData("[1]", "'$' in the JSON of 'events' is ARRAY where an object belongs")]
    [InlineData("""{"items": [1]}""", "'$' in the JSON of 'events_items' is UBIGINT where an object belongs")]
    [InlineData("{", null)]
    public void Json_that_does_not_fit_its_schema_fails(string json, string? message)
    {
        bench.Table("events", $"SELECT {Sql.Literal(json)} AS payload");
        WithOrderSchema();
        var error = Assert.Throws<EngineException>(() =>
            bench.RunAll("<flatten source='events' column='payload' schemaRef='order.json' key='order_id'/>", "events", "events_items")
        );
        Assert.Equal(message, RaisedError.Find(error.Message)?.Message);
    }

    [Theory]
    [InlineData(
        "column='«topic'",
        "« HUB1006: what the JSON text in 'topic' holds cannot be known before it is read; say it with schemaRef=, an Avro or JSON Schema"
    )]
    [InlineData("column='«paylod'", "« HUB2004: dataset 'events' has no column 'paylod'; did you mean 'payload'?")]
    [InlineData(
        "column='payload' schemaRef='«x.json'",
        "« HUB1011: schemaRef is for JSON text; here 'payload' is a struct, whose types are known; leave it out"
    )]
    [InlineData(
        "column='payload' key='«order'",
        "« HUB2004: the root 'events' has no column 'order'; columns here: topic, order_id, customer_name, customer_address_city"
    )]
    public void What_is_no_object_is_reported(string attributes, string finding) =>
        Assert.Equal(finding, bench.Findings($"<flatten source='events' {attributes}/>"));

    [Fact]
    public void Lists_without_a_key_are_reported() =>
        Assert.Equal(
            "« HUB1006: the rows of lists refer to their row of 'r' by its key, but no key is given; name the column that tells the rows apart: key=\"…\"",
            bench.Findings("«<flatten source='events' column='payload' root='r'/>")
        );

    [Theory]
    [InlineData("$.item[*]", "« HUB2004: there is nothing at '$.item[*]'; did you mean '$.items[*]'?")]
    [InlineData("$.order_id[*]", "« HUB3004: what is at '$.order_id[*]' is no list; lists here: $.items[*]")]
    [InlineData(
        "$.items",
        "« HUB1009: '$.items' is no path of a list; write $.name[*], or $.a.b[*] for a list inside an object; nest <child> for a list inside a list"
    )]
    [InlineData(
        "$.items[*].tags[*]",
        "« HUB1009: '$.items[*].tags[*]' is no path of a list; write $.name[*], or $.a.b[*] for a list inside an object; nest <child> for a list inside a list"
    )]
    public void A_path_that_leads_to_no_list_is_reported(string path, string finding) =>
        Assert.Equal(
            finding,
            bench.Findings($"<flatten source='events' column='payload' key='order_id' root='r'><child path='«{path}' table='t'/></flatten>")
        );

    [Fact]
    public void A_table_whose_name_is_taken_is_reported_and_later_steps_are_checked_all_the_same() =>
        Assert.Equal(
            "« HUB2003: dataset 'events' is already bound in line 1; choose another id, or leave the id out to rebind the dataset",
            bench.Findings(
                "<flatten source='events' column='payload' key='order_id' root='r'><child path='$.items[*]' table='«events'/></flatten><sort source='r' orderBy='topic'/>"
            )
        );

    [Fact]
    public void The_order_of_children_is_that_of_their_parents_and_lists() =>
        Assert.Equal(
            ["2/items/0", "1/items/0", "1/items/1"],
            bench.Run(
                "<sort source='events' orderBy='topic desc'/><flatten source='events' column='payload' root='o' key='order_id'><child path='$.items[*]' table='i'/></flatten>"
                    + "<select source='i' columns='_id, order_id as one'/><derive source='i'><column name='one'>1</column></derive><sort source='i' orderBy='one'/><select source='i' columns='_id'/>",
                "i"
            )
        );

    public void Dispose() => bench.Dispose();

    private void WithOrderSchema() =>
        bench.Schema(
            new("order_id", LogicalType.BigInt),
            new("at", LogicalType.TimestampTz),
            new("amount", LogicalType.Decimal(9, 2)),
            new("customer", LogicalType.Struct(new Column("name", LogicalType.Varchar))),
            new("more", LogicalType.Json),
            new(
                "items",
                LogicalType.List(
                    LogicalType.Struct(
                        new Column("sku", LogicalType.Varchar),
                        new Column("parts", LogicalType.List(LogicalType.List(LogicalType.Integer)))
                    )
                )
            )
        );

    private static IEnumerable<string> Lines(IEnumerable<object?[]> rows) =>
        rows.Select(r => string.Join('|', r.Select(StepBench.Text))).Order();
}
