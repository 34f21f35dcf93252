using System.Text;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Verification;

namespace ServerlessHub.Streams.Tests.Processing;

public sealed class FlattenTests
{
    private const string Ingest = """<ingest table="orders_raw"><kafka bootstrapServers="b:1" topic="orders"/></ingest>""";

    private const string Order =
        """{"order_id":7,"customer":{"name":"Ann","city":"Bern"},"amount":10,"at":"2026-11-27T20:00:00Z","items":[{"sku":"a","qty":2,"tags":["x","y"]},{"sku":"b","qty":1,"tags":[]}]}""";

    private static TestStream Stream(string flatten, string? schema = null) => new(Ingest + flatten, schema);

    [Fact]
    public void Objects_become_columns_and_lists_become_children_with_keys_and_positions()
    {
        using var stream = Stream("""<flatten root="orders" key="order_id"/>""");
        using var processor = stream.Open();
        processor.ProcessBatch(TestStream.Batch(1, 40, Order));

        Assert.Equal(
            ["7 Ann Bern 10 2026-11-27 20:00:00+00 1 40"],
            stream.Rows("orders", "concat_ws(' ', order_id, customer_name, customer_city, amount, \"at\", _rescued, _partition, _offset)")
        );
        Assert.Equal(
            ["7 7/items/0 7 0 a 2", "7 7/items/1 7 1 b 1"],
            stream.Rows("orders_items", "concat_ws(' ', order_id, _id, _parent_id, _position, sku, qty)")
        );
        Assert.Equal(
            ["7 7/items/0/tags/0 7/items/0 0 x", "7 7/items/0/tags/1 7/items/0 1 y"],
            stream.Rows("orders_items_tags", "concat_ws(' ', order_id, _id, _parent_id, _position, value)")
        );
    }

    [Fact]
    public void Named_children_are_tables_and_other_lists_stay_columns()
    {
        using var stream = Stream("""<flatten root="o" key="order_id" drop="amount"><child path="$.items[*]" table="lines"/></flatten>""");
        using var processor = stream.Open();
        processor.ProcessBatch(TestStream.Batch(0, 0, Order));
        Assert.Equal(["a [x, y]", "b []"], stream.Rows("lines", "sku || ' ' || tags::VARCHAR"));
        Assert.DoesNotContain(stream.Table("o")!.Columns, c => c.Name == "amount");
        Assert.Null(stream.Table("lines_tags"));
    }

    [Fact]
    public void Types_that_are_inferred_grow_with_what_comes_and_what_they_cannot_hold_is_kept_beside()
    {
        using var stream = Stream("""<flatten root="o" key="id"/>""");
        using (var processor = stream.Open())
        {
            processor.ProcessBatch(TestStream.Batch(0, 0, """{"id":1,"n":5,"big":7,"t":"x","later":null}"""));
            processor.ProcessBatch(
                TestStream.Batch(0, 1, """{"id":2,"n":5.5,"big":3000000000,"t":8,"later":true,"new":{"a":"2026-01-01"}}""")
            );
        }
        using var again = stream.Open();
        again.ProcessBatch(TestStream.Batch(0, 2, """{"id":"text","n":1,"t":"y"}""", """{"id":4,"n":"word","later":[1]}"""));

        Assert.Equal(
            ["1|5.0|7|x||||", "2|5.5|3000000000|8|true|2026-01-01 00:00:00+00||", """4||||||{"n":"word","later":[1]}|"""],
            stream.Rows("o", "concat(id, '|', n, '|', big, '|', t, '|', later, '|', new_a, '|', _rescued, '|')")
        );
        Assert.Equal(["it has no id"], stream.Rows("orders_raw_dead_letters", "t.reason"));
    }

    [Fact]
    public void With_a_schema_what_it_does_not_name_or_cannot_hold_is_rescued()
    {
        using var stream = Stream(
            """<flatten root="o" key="id"/>""",
            "STRUCT(id BIGINT, at TIMESTAMPTZ, price DECIMAL(5,2), small INTEGER, lines STRUCT(sku VARCHAR, qty INTEGER)[])"
        );
        using var processor = stream.Open();
        processor.ProcessBatch(
            TestStream.Batch(
                0,
                0,
                """{"id":1,"at":"2026-11-27T01:02:03+01:00","price":1.255,"small":1,"lines":[{"sku":"a","qty":1}]}""",
                """{"id":2,"at":"yesterday","price":1000,"small":3000000000,"more":{"x":[1]},"lines":[{"sku":"a","qty":"many","z":1},{"qty":"2"}]}"""
            )
        );
        Assert.Equal(
            [
                "1|2026-11-27 00:02:03+00|1.26|1|",
                """2||||{"at":"yesterday","price":1000,"small":3000000000,"more":{"x":[1]},"lines[0].qty":"many","lines[0].z":1}""",
            ],
            stream.Rows("o", "concat(id, '|', \"at\", '|', price, '|', small, '|', _rescued)")
        );
        Assert.Equal(["1/lines/0 a 1", "2/lines/0 a", "2/lines/1 2"], stream.Rows("o_lines", "concat_ws(' ', _id, sku, qty)"));
    }

    [Theory]
    [InlineData("deadLetter")]
    [InlineData("fail")]
    public void With_a_schema_what_does_not_fit_may_be_put_aside_or_stop_the_stream(string policy)
    {
        using var stream = Stream($"""<flatten root="o" key="id" onMisfit="{policy}"/>""", "STRUCT(id BIGINT, n INTEGER)");
        using var processor = stream.Open();
        var batch = TestStream.Batch(0, 0, """{"id":1,"n":1,"more":2}""", """{"id":2,"n":"many"}""");
        if (policy == "fail")
        {
            var failure = Assert.Throws<StreamException>(() => processor.ProcessBatch(batch));
            Assert.Equal(
                """stream shop/staging/orders: the event at offset 1 of orders/0 cannot be flattened: values are not what the schema says: {"n":"many"}""",
                failure.Message
            );
            Assert.Null(stream.Table("o"));
            return;
        }
        processor.ProcessBatch(batch);
        Assert.Equal(["""1 {"more":2}"""], stream.Rows("o", "concat_ws(' ', id, _rescued)"));
        Assert.Equal(
            ["""1 flatten values are not what the schema says: {"n":"many"}"""],
            stream.Rows("orders_raw_dead_letters", "concat_ws(' ', t.\"offset\", phase, reason)")
        );
    }

    [Fact]
    public void An_event_that_was_sent_twice_is_dropped_by_its_id_in_a_batch_across_batches_and_after_a_restart()
    {
        using var stream = Stream("""<flatten root="o" key="id" eventId="id" duplicatesWithin="PT1M"/>""");
        using (var first = stream.Open())
        {
            first.ProcessBatch(TestStream.Batch(0, 0, """{"id":"a"}""", """{"id":"b"}""", """{"id":"a"}"""));
            first.ProcessBatch(TestStream.Batch(1, 5, """{"id":"b"}""", """{"id":"c"}"""));
        }
        using var second = stream.Open();
        second.ProcessBatch(TestStream.Batch(0, 3, """{"id":"c"}""", """{"id":"d"}"""));
        Assert.Equal(["a", "b", "c", "d"], stream.Rows("o", "id"));
        // 100 seconds later it is no longer known.
        second.ProcessBatch(TestStream.Batch(0, 100, """{"id":"a"}"""));
        Assert.Equal(["a", "a", "b", "c", "d"], stream.Rows("o", "id"));
    }

    [Fact]
    public void In_a_merge_an_event_replaces_the_row_of_its_key_and_its_children_and_may_delete_both()
    {
        using var stream = Stream("""<flatten root="o" key="id" mode="merge" deleteWhen="status = 'gone'"/>""");
        using var processor = stream.Open();
        processor.ProcessBatch(
            TestStream.Batch(
                0,
                0,
                """{"id":1,"status":"new","items":[{"sku":"a"},{"sku":"b"}]}""",
                """{"id":2,"status":"new","items":[{"sku":"c"}]}""",
                """{"id":3,"status":"new","items":[{"sku":"d"}]}"""
            )
        );
        processor.ProcessBatch(
            TestStream.Batch(
                0,
                3,
                """{"id":1,"status":"open","items":[{"sku":"x"}]}""",
                """{"id":1,"status":"paid","items":[{"sku":"y"}]}""",
                """{"id":2,"status":"gone","items":[{"sku":"c"}]}""",
                """{"id":4,"status":"gone","items":[{"sku":"z"}]}""",
                """{"id":3,"status":"new","items":[]}"""
            )
        );
        Assert.Equal(["1 paid 4", "3 new 7"], stream.Rows("o", "concat_ws(' ', id, status, _offset)"));
        Assert.Equal(["1 y"], stream.Rows("o_items", "concat_ws(' ', id, sku)"));
    }

    [Fact]
    public void Change_events_of_Debezium_become_upserts_and_deletes()
    {
        using var stream = Stream("""<flatten root="o" key="id" format="debezium" mode="merge"/>""");
        using var processor = stream.Open();
        processor.ProcessBatch(
            TestStream.Batch(
                0,
                0,
                """{"op":"c","before":null,"after":{"id":1,"v":"a"},"source":{"lsn":1}}""",
                """{"payload":{"op":"r","before":null,"after":{"id":2,"v":"b"}}}""",
                """{"op":"u","before":{"id":1,"v":"a"},"after":{"id":1,"v":"A"}}"""
            )
        );
        processor.ProcessBatch(TestStream.Batch(0, 3, """{"op":"d","before":{"id":2,"v":"b"},"after":null}"""));
        Assert.Equal(["1 A"], stream.Rows("o", "concat_ws(' ', id, v)"));
    }

    [Fact]
    public void A_list_that_is_left_out_becomes_no_table_nor_a_column()
    {
        using var stream = Stream("""<flatten root="o" key="order_id" drop="items, customer_city"/>""");
        using (var processor = stream.Open())
            processor.ProcessBatch(TestStream.Batch(0, 0, Order));
        Assert.Null(stream.Table("o_items"));
        Assert.Equal(["order_id", "customer_name", "amount", "at"], stream.Table("o")!.Columns.Select(c => c.Name).Where(n => n[0] != '_'));
    }

    [Fact]
    public void Events_in_CloudEvents_are_unwrapped()
    {
        using var stream = Stream("""<flatten root="o" key="id" format="cloudEvents"/>""");
        using var processor = stream.Open();
        processor.ProcessBatch(TestStream.Batch(0, 0, """{"specversion":"1.0","id":"e","source":"s","type":"t","data":{"id":1}}"""));
        Assert.Equal(["1"], stream.Rows("o", "id"));
    }

    [Fact]
    public void Of_CloudEvents_the_binary_form_is_its_data_one_without_data_is_no_row_and_data_that_is_no_object_is_a_dead_letter()
    {
        using var stream = Stream("""<flatten root="o" key="id" format="cloudEvents" eventId="id"/>""");
        (string Headers, string Value)[] events =
        [
            ("""{"ce_specversion":"1.0","ce_id":"e1","content-type":"application/json"}""", """{"id":1,"data":{"id":9}}"""),
            ("""{"ce_specversion":"1.0","content-type":"application/CloudEvents+json"}""", """{"specversion":"1.0","data":{"id":2}}"""),
            ("", """{"specversion":"1.0","id":"e3","type":"ping"}"""),
            ("", """{"specversion":"1.0","data":"text"}"""),
            ("", """{"specversion":"1.0","data_base64":"e30="}"""),
            ("""{"ce_specversion":"1.0"}""", """{"id":1}"""),
        ];
        var batch = new EventBatch();
        for (var i = 0; i < events.Length; i++)
            batch.Add(
                new("orders", 0),
                new StreamEvent
                {
                    Offset = i,
                    EnqueuedAt = 1_800_000_000_000_000,
                    Value = Encoding.UTF8.GetBytes(events[i].Value),
                    HasValue = true,
                    Headers = Encoding.UTF8.GetBytes(events[i].Headers),
                }
            );
        using (var processor = stream.Open())
            processor.ProcessBatch(batch);
        Assert.Equal(["0 1", "1 2"], stream.Rows("o", "_offset || ' ' || id"));
        Assert.Equal(["3 it has no id", "4 it has no id"], stream.Rows("orders_raw_dead_letters", "\"offset\" || ' ' || reason"));
        Assert.All(StreamVerification.Run(stream.Root, stream.Definition), check => Assert.True(check.IsProven, $"{check}"));
    }

    [Fact]
    public void What_the_raw_table_has_and_the_flattened_ones_have_not_is_caught_up()
    {
        using var stream = Stream("""<flatten root="o" key="id"/>""");
        using (var ingestOnly = new TestStream(Ingest, stream))
        using (var processor = ingestOnly.Open())
        {
            processor.ProcessBatch(TestStream.Batch(0, 0, """{"id":1,"l":[1]}""", "bad", """{"id":2,"l":[2,3]}"""));
            processor.ProcessBatch(TestStream.Batch(1, 7, """{"id":3,"l":[]}"""));
        }
        using var full = stream.Open();
        full.ProcessBatch(TestStream.Batch(0, 3, """{"id":4}"""));
        Assert.Equal(["1", "2", "4"], stream.Rows("o", "id"));
        full.CatchUp();
        Assert.Equal(["1", "2", "3", "4"], stream.Rows("o", "id"));
        Assert.Equal(["1", "2", "3"], stream.Rows("o_l", "value"));
    }
}
