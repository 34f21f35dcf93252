using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Tests.Running;

/// <summary>What is wrong with a stream is said with its place, and what was meant.</summary>
public sealed class StreamValidatorTests : IDisposable
{
    private const string Ingest = """<ingest table="raw"><http/></ingest>""";

    private readonly StreamHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_sound_stream_has_its_tables_with_columns_and_where_they_come_from()
    {
        var validation = _hub.Validate(
            """
            <ingest table="raw"><kafka bootstrapServers="broker:9092" topic="orders"/></ingest>
            <flatten root="orders" key="order_id" schemaRef="schemas/order.json" eventId="event_id" mode="merge" deleteWhen="status = 'deleted'">
              <child path="$.items[*]" table="items"><child path="$.discounts[*]" table="standardization.discounts"/></child>
            </flatten>
            <summarise>
              <driver id="by_country" table="by_country" groupBy="address_country" metrics="count:orders, sum:amount:revenue" window="PT5M" timeColumn="placed_at"/>
              <driver id="by_sku" source="items" table="by_sku" groupBy="sku" metrics="sum:quantity" window="daily"/>
            </summarise>
            <publish driver="by_country"><kafka bootstrapServers="broker:9092" topic="revenue" key="address_country"/></publish>
            """
        );

        Assert.Empty(validation.Findings);
        var tables = validation.Plan!.Tables;
        Assert.Equal(
            [
                "Raw shop.staging.raw of ",
                "DeadLetters shop.staging.raw_dead_letters of ",
                "Root shop.staging.orders of shop.staging.raw",
                "Child shop.staging.items of shop.staging.orders",
                "Child shop.standardization.discounts of shop.staging.items",
                "Summary shop.staging.by_country of shop.staging.orders",
                "Late shop.staging.by_country_late of shop.staging.orders",
                "Summary shop.staging.by_sku of shop.staging.items",
                "Late shop.staging.by_sku_late of shop.staging.items",
            ],
            tables.Select(t => $"{t.Role} {t.Name} of {t.Source}")
        );
        Assert.Equal(
            [
                "order_id VARCHAR ← raw.value $.order_id",
                "event_id VARCHAR ← raw.value $.event_id",
                "status VARCHAR ← raw.value $.status",
                "amount DOUBLE ← raw.value $.amount",
                "placed_at TIMESTAMP WITH TIME ZONE ← raw.value $.placed_at",
                "address_city VARCHAR ← raw.value $.address.city",
                "address_country VARCHAR ← raw.value $.address.country",
                "tags VARCHAR[] ← raw.value $.tags",
                "_rescued VARCHAR ← raw.value",
                "_topic VARCHAR ← raw.topic",
                "_partition INTEGER ← raw.partition",
                "_offset BIGINT ← raw.offset",
                "_enqueued_at TIMESTAMP WITH TIME ZONE ← raw.enqueued_at",
            ],
            Columns(tables[2])
        );
        Assert.Equal(
            [
                "order_id VARCHAR ← raw.value $.order_id",
                "_id VARCHAR",
                "_parent_id VARCHAR",
                "_position BIGINT",
                "code VARCHAR ← raw.value $.items[*].discounts[*].code",
                "_topic VARCHAR ← raw.topic",
                "_partition INTEGER ← raw.partition",
                "_offset BIGINT ← raw.offset",
                "_enqueued_at TIMESTAMP WITH TIME ZONE ← raw.enqueued_at",
            ],
            Columns(tables[4])
        );
        Assert.Equal(
            [
                "address_country VARCHAR ← orders.address_country",
                "window_start TIMESTAMP WITH TIME ZONE ← orders.placed_at",
                "window_end TIMESTAMP WITH TIME ZONE ← orders.placed_at",
                "orders BIGINT",
                "revenue DOUBLE ← orders.amount",
                "_events BIGINT",
            ],
            Columns(tables[5])
        );
        Assert.Equal(["sku", "window_start"], tables[7].Key);
        // Where a driver names no time, it is that at which the source took the event.
        Assert.Equal("window_start TIMESTAMP WITH TIME ZONE ← items._enqueued_at", Columns(tables[7])[1]);
    }

    [Fact]
    public void Without_a_schema_what_needs_one_is_said_not_to_be_checked()
    {
        var validation = _hub.Validate(
            $"""
            {Ingest}
            <flatten root="orders" key="order_id" mode="merge" deleteWhen="gone"><child path="$.items[*]" table="items"/></flatten>
            <summarise><driver id="d" table="summary" source="items" groupBy="sku" metrics="sum:quantity" window="hourly"/></summarise>
            """
        );

        Assert.Equal("HUB3009", Assert.Single(validation.Findings).Rule.Id);
        Assert.Equal(
            ["raw", "raw_dead_letters", "orders", "items", "summary", "summary_late"],
            validation.Plan!.Tables.Select(t => t.Name.Table)
        );
        Assert.All(
            validation.Plan.Tables.Where(t => t.Role is TableRole.Root or TableRole.Child or TableRole.Summary),
            t => Assert.Null(t.Columns)
        );
    }

    [Theory]
    [InlineData(
        """<ingest table="a b"><http/></ingest>""",
        "2:16 HUB1009: table cannot be 'a b'; it must be a name: a letter or _, then letters, digits, _, - or ."
    )]
    [InlineData("""<ingest table="stagin.raw"><http/></ingest>""", "2:16 HUB1009: 'stagin.raw' is no table; did you mean 'staging'?")]
    [InlineData("""<ingest table="crm.staging.raw"><http/></ingest>""", "2:16 HUB5003: a stream of 'shop' writes no table of 'crm'")]
    [InlineData(
        """<ingest table="raw" startFrom="lates"><http/></ingest>""",
        "2:32 HUB1009: startFrom cannot be 'lates'; did you mean 'latest'?"
    )]
    [InlineData(
        """<ingest table="raw" startFrom="2026-02-30"><http/></ingest>""",
        "2:32 HUB1009: startFrom cannot be '2026-02-30'; no calendar has this moment, or earliest, or latest"
    )]
    [InlineData("""<ingest table="raw" startFrom="2026-02-28T10:00:00Z"><http/></ingest>""", null)]
    [InlineData(
        """<ingest table="raw"><kafka bootstrapServers="b:1" topic="t" securityRef="kafka"/></ingest>""",
        "2:74 HUB4004: there is no connection 'kafka'; put it in resources/kafka.json"
    )]
    [InlineData(
        """<ingest table="raw"><files path="../secret/*"/></ingest>""",
        "2:34 HUB4002: the path '../secret/*' holds '..'; a path goes down only"
    )]
    [InlineData(
        """<metadata><schedule>0 6 * * *</schedule></metadata><ingest table="raw"><http/></ingest>""",
        "2:11 HUB1004: unknown element <schedule> in <metadata>; elements here: owner, description, tags"
    )]
    public void What_is_wrong_with_the_source_is_told(string body, string? finding) =>
        Assert.Equal(finding is null ? [] : [finding], _hub.Findings(body));

    [Theory]
    [InlineData(
        """<flatten root="raw" key="order_id" schemaRef="schemas/order.json"/>""",
        "3:16 HUB2003: table shop.staging.raw is to have the objects, but it has the events as they came (line 2); give one of them another name"
    )]
    [InlineData(
        """<flatten root="o" key="order_di" schemaRef="schemas/order.json"/>""",
        "3:24 HUB2004: dataset 'o' has no column 'order_di'; did you mean 'order_id'?"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/oder.json"/>""",
        "3:45 HUB4001: there is no schema 'schemas/oder.json' in config/applications/shop/staging nor in config/common; did you mean 'schemas/order.json'?"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json" eventId="id"/>""",
        "3:74 HUB2004: dataset 'o' has no column 'id'; columns here: order_id, event_id, status, amount, placed_at, address_city, address_country, _rescued, _topic, _partition, _offset, _enqueued_at"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json" drop="statu"/>""",
        "3:71 HUB2004: an event has no column 'statu' that could be left out; did you mean 'status'?"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json" deleteWhen="status = 'x'"/>""",
        "3:77 HUB1011: deleteWhen takes rows away, but this appends; add mode=\"merge\""
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json" mode="merge" deleteWhen="statu = 'x'"/>""",
        "3:90 HUB2004: no column 'statu' in 'o'; did you mean 'status'?"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json" mode="merge" deleteWhen="amount"/>""",
        "3:90 HUB3004: a condition must be true or false, but this gives DOUBLE; compare it with something"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json" duplicatesWithin="PT1H"/>""",
        "3:83 HUB1011: duplicatesWithin is given without an eventId; add eventId=, the column that tells events apart"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json"><child path="$.item[*]" table="i"/></flatten>""",
        "3:78 HUB2004: there is nothing at '$.item[*]'; did you mean '$.items[*]'?"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json"><child path="$.placed_at[*]" table="i"/></flatten>""",
        "3:78 HUB3004: what is at '$.placed_at[*]' is no list; lists here: $.items[*], $.tags[*]"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json"><child path="items" table="i"/></flatten>""",
        "3:78 HUB1009: 'items' is no path of a list; write $.name[*], or $.a.b[*] for a list inside an object; nest <child> for a list inside a list"
    )]
    [InlineData(
        """<flatten root="o" key="tags" schemaRef="schemas/order.json"><child path="$.items[*]" table="i"/></flatten>""",
        "3:24 HUB3004: 'tags' is VARCHAR[], which tells no rows apart; name columns with plain values"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json"><child path="$.items[*]" table="o_late"/></flatten><summarise><driver id="d" table="o" metrics="count:n"/></summarise>""",
        "3:149 HUB2003: table shop.staging.o is to have the summary of 'd', but it has the objects (line 3); give one of them another name"
    )]
    public void What_is_wrong_with_the_tables_is_told(string body, string finding) =>
        Assert.Equal([finding], _hub.Findings($"{Ingest}\n{body}"));

    [Theory]
    [InlineData(
        """<driver id="d" table="s" groupBy="contry" metrics="count:n"/>""",
        "4:46 HUB2004: dataset 'orders' has no column 'contry'; columns here: order_id, event_id, status, amount, placed_at, address_city, address_country, _rescued, _topic, _partition, _offset, _enqueued_at"
    )]
    [InlineData(
        """<driver id="d" table="s" metrics="sum:status"/>""",
        "4:46 HUB3004: sum cannot take 'status', which is VARCHAR; it takes numbers; convert the column first, with <derive>"
    )]
    [InlineData(
        """<driver id="d" table="s" metrics="count:n, median:amount"/>""",
        "4:55 HUB5003: median without a window would need all rows again for each batch; add window=, such as window=\"daily\""
    )]
    [InlineData(
        """<driver id="d" table="s" metrics="count:n" allowedLateness="PT1H"/>""",
        "4:72 HUB1011: allowedLateness is given without a window; add window=, such as window=\"PT5M\"; without one nothing is ever late"
    )]
    [InlineData(
        """<driver id="d" table="s" metrics="count:n" window="dayly"/>""",
        "4:63 HUB1009: window cannot be 'dayly'; did you mean 'daily'?"
    )]
    [InlineData(
        """<driver id="d" table="s" metrics="count:n" window="daily" timeColumn="status"/>""",
        "4:82 HUB3004: 'status' is VARCHAR, but a window goes by a date or a timestamp; convert it first: <derive …><column name=\"status\" type=\"timestamp\">status</column></derive>"
    )]
    [InlineData(
        """<driver id="d" table="s" source="order" metrics="count:n"/>""",
        "4:45 HUB2007: the stream flattens into no table 'order'; did you mean 'orders'?"
    )]
    [InlineData(
        """<driver id="d" table="s" metrics="count:n"/><driver id="d" table="t" metrics="count:n"/>""",
        "4:68 HUB2003: driver 'd' is already there; give one of them another id"
    )]
    public void What_is_wrong_with_a_driver_is_told(string driver, string finding) =>
        Assert.Equal(
            [finding],
            _hub.Findings(
                $"""
                {Ingest}
                <flatten root="orders" key="order_id" schemaRef="schemas/order.json"/>
                <summarise>{driver}</summarise>
                """
            )
        );

    [Fact]
    public void A_driver_without_a_window_cannot_follow_rows_that_are_replaced() =>
        Assert.StartsWith(
            "4:12 HUB5003: 'd' has no window, and rows of its table are replaced",
            Assert.Single(
                _hub.Findings(
                    $"""
                    {Ingest}
                    <flatten root="orders" key="order_id" schemaRef="schemas/order.json" mode="merge"/>
                    <summarise><driver id="d" table="s" metrics="count:n"/></summarise>
                    """
                )
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(
        """<summarise><driver id="d" table="s" metrics="count:n"/></summarise>""",
        "3:12 HUB1007: driver 'd' summarises a flattened table, but the stream has no <flatten>; add <flatten root=\"…\" key=\"…\"/> above"
    )]
    [InlineData(
        """<publish driver="d"><kafka bootstrapServers="b:1" topic="t"/></publish>""",
        "3:18 HUB2012: there is no driver 'd'; publish sends on a summary: add <summarise> with a <driver>"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json"/><summarise><driver id="by_day" table="s" groupBy="status" metrics="count:n"/></summarise><publish driver="by_dya"><kafka bootstrapServers="b:1" topic="t"/></publish>""",
        "3:172 HUB2012: there is no driver 'by_dya'; did you mean 'by_day'?"
    )]
    [InlineData(
        """<flatten root="o" key="order_id" schemaRef="schemas/order.json"/><summarise><driver id="d" table="s" groupBy="status" metrics="count:n"/></summarise><publish driver="d"><kafka bootstrapServers="b:1" topic="t" key="stats"/></publish>""",
        "3:215 HUB2004: dataset 's' has no column 'stats'; did you mean 'status'?"
    )]
    public void A_phase_needs_the_one_before_it(string body, string finding) => Assert.Equal([finding], _hub.Findings($"{Ingest}\n{body}"));

    [Fact]
    public void A_stream_does_not_read_what_it_publishes() =>
        Assert.StartsWith(
            "5:21 HUB1011: the stream would read what it publishes",
            Assert.Single(
                _hub.Findings(
                    """
                    <ingest table="raw"><kafka bootstrapServers="b:1" topic="t" groupId="g"/></ingest>
                    <flatten root="orders" key="order_id" schemaRef="schemas/order.json"/>
                    <summarise><driver id="d" table="s" metrics="count:n"/></summarise>
                    <publish driver="d"><kafka bootstrapServers="b:1" topic="t"/></publish>
                    """
                )
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_table_of_a_stream_has_no_other_writer()
    {
        _hub.Write(
            "config/applications/shop/staging/pipelines/load.xml",
            """
            <pipeline id="load" version="1" layer="staging">
              <sources><csv id="a" path="a.csv"/></sources><targets><hive table="staging.orders"/></targets>
            </pipeline>
            """
        );
        _hub.Validate("""<ingest table="first_raw"><http/></ingest>""", "first");

        Assert.Equal(
            [
                "2:1 HUB5008: table shop.staging.first_raw is written by the stream shop/staging/first too; give it another name, or write the other one elsewhere",
                "3:1 HUB5008: table shop.staging.orders is written by the pipeline shop/staging/load too; give it another name, or write the other one elsewhere",
            ],
            _hub.Findings(
                """
                <ingest table="first_raw"><http/></ingest>
                <flatten root="orders" key="order_id" schemaRef="schemas/order.json"/>
                """
            )
        );
    }

    [Fact]
    public void Of_columns_that_would_have_one_name_the_second_gets_another()
    {
        _hub.Write(
            "config/applications/shop/staging/schemas/twice.json",
            """
            {"type": "object", "properties": {"id": {"type": "string"}, "a_b": {"type": "string"},
              "a": {"type": "object", "properties": {"b": {"type": "string"}}}}}
            """
        );

        var validation = _hub.Validate($"""{Ingest}{'\n'}<flatten root="o" key="id" schemaRef="schemas/twice.json"/>""");

        Assert.Empty(validation.Findings);
        Assert.Equal(
            ["id VARCHAR ← raw.value $.id", "a_b VARCHAR ← raw.value $.a_b", "event_a_b VARCHAR ← raw.value $.a.b"],
            Columns(validation.Plan!.Tables[2])[..3]
        );
    }

    [Fact]
    public void A_summary_is_published_to_a_topic_once()
    {
        const string stream = """
            <ingest table="raw"><http/></ingest>
            <flatten root="orders" key="order_id" schemaRef="schemas/order.json"/>
            <summarise><driver id="d" table="s" groupBy="status" metrics="count:n"/></summarise>
            <publish driver="d"><kafka bootstrapServers="b:1" topic="t"/></publish>
            <publish driver="d"><kafka bootstrapServers="b:1" topic="u"/></publish>
            """;
        Assert.Empty(_hub.Findings(stream));
        Assert.Equal(
            ["7:21 HUB2003: 'd' is published to 't' already; publish it there once, or to a topic of another name"],
            _hub.Findings($"""{stream}{'\n'}<publish driver="d"><kafka bootstrapServers="c:1" topic="t"/></publish>""")
        );
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once() =>
        Assert.Equal(
            ["2", "3", "3", "4", "5"],
            _hub.Findings(
                    """
                    <ingest table="raw" startFrom="now"><http/></ingest>
                    <flatten root="orders" key="nr" schemaRef="schemas/order.json"><child path="$.nothing[*]" table="n"/></flatten>
                    <summarise><driver id="d" table="s" groupBy="nothing" metrics="count:n"/></summarise>
                    <publish driver="other"><kafka bootstrapServers="b:1" topic="t"/></publish>
                    """
                )
                .Select(f => f.Split(':')[0])
        );

    [Theory]
    [InlineData("url=\"https://shop.example/orders\"")]
    [InlineData("url=\"http://localhost:8080/orders?limit=2\" every=\"PT5S\" eventsPath=\"$.data\" paging=\"link\"")]
    [InlineData("url=\"http://[::1]/\" paging=\"page\" pageParameter=\"p\" firstPage=\"0\" maxPages=\"5\"")]
    [InlineData(
        "url=\"https://a/b\" paging=\"cursor\" nextPath=\"$['next page'].id\" cursor=\"highest\" cursorPath=\"$.a.b\" cursorParameter=\"since\" cursorStart=\"0\""
    )]
    [InlineData("url=\"https://a/b\" paging=\"cursor\" nextPath=\"$.next\" cursor=\"lastPage\"")]
    public void A_poll_that_can_be_done_is_sound(string poll) =>
        Assert.Empty(_hub.Findings($"""<ingest table="raw"><poll {poll}/></ingest>"""));

    [Theory]
    [InlineData("url=\"shop.example/orders\"", "2:32 HUB1009: url is no address that may be asked; write https://host/path")]
    [InlineData(
        "url=\"http://shop.example/orders\"",
        "2:32 HUB1009: url is no address that may be asked; write https; http is for this machine alone"
    )]
    [InlineData(
        "url=\"https://ann:secret@shop.example/\"",
        "2:32 HUB1009: url is no address that may be asked; put user and password into resources/<name>.json, and name that with securityRef"
    )]
    [InlineData("url=\"https://a/\" securityRef=\"shop\"", "2:57 HUB4004: there is no connection 'shop'; put it in resources/shop.json")]
    [InlineData(
        "url=\"https://a/\" eventsPath=\"data\"",
        "2:56 HUB1009: 'data' is no path of a member; write $.name, or $.a.b for one inside an object"
    )]
    [InlineData("url=\"https://a/\" paging=\"cursor\"", "2:52 HUB1006: paging=\"cursor\" needs nextPath")]
    [InlineData(
        "url=\"https://a/\" nextPath=\"$.n\"",
        "2:54 HUB1011: nextPath means nothing with paging=\"none\"; take it out, or write paging=\"cursor\""
    )]
    [InlineData(
        "url=\"https://a/\" pageParameter=\"p\" paging=\"link\"",
        "2:59 HUB1011: pageParameter means nothing with paging=\"link\"; take it out, or write paging=\"cursor\" or paging=\"page\""
    )]
    [InlineData("url=\"https://a/\" cursor=\"highest\" cursorPath=\"$.at\"", "2:52 HUB1006: cursor=\"highest\" needs cursorParameter")]
    [InlineData(
        "url=\"https://a/\" cursorStart=\"0\"",
        "2:57 HUB1011: cursorStart means nothing with cursor=\"none\"; take it out, or write cursor=\"highest\" or cursor=\"lastPage\""
    )]
    [InlineData(
        "url=\"https://a/\" cursor=\"lastPage\"",
        "2:52 HUB1011: cursor=\"lastPage\" carries on the cursor of a page, but pages have none here; add paging=\"cursor\", or cursor=\"highest\""
    )]
    public void A_poll_that_cannot_be_done_is_refused(string poll, string finding) =>
        Assert.Equal([finding], _hub.Findings($"""<ingest table="raw"><poll {poll}/></ingest>"""));

    [Fact]
    public void A_poll_begins_where_its_cursor_says() =>
        Assert.Equal(
            ["2:32 HUB1011: startFrom is of partitions, and a poll has none; take it out; cursorStart says what the first poll asks for"],
            _hub.Findings("""<ingest table="raw" startFrom="latest"><poll url="https://a/"/></ingest>""")
        );

    private static string[] Columns(PlannedTable table) =>
        [
            .. table.Columns!.Select(c =>
                $"{c.Name} {c.Type}{string.Concat(c.Origins.Select(o => $" ← {o.Table.Table}.{o.Column}{(o.Path is null ? "" : " " + o.Path)}"))}"
            ),
        ];
}
