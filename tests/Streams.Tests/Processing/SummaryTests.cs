using System.Globalization;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Tests.Processing;

public sealed class SummaryTests
{
    private const string Schema =
        "STRUCT(id BIGINT, country VARCHAR, amount DECIMAL(10,2), at TIMESTAMPTZ, status VARCHAR, items STRUCT(sku VARCHAR, qty INTEGER)[])";

    private static TestStream Stream(string drivers, string flatten = "mode=\"append\"") =>
        new(
            $"""
            <ingest table="orders_raw"><kafka bootstrapServers="b:1" topic="orders"/></ingest>
            <flatten root="o" key="id" schemaRef="order.json" {flatten}/>
            <summarise>{drivers}</summarise>
            """,
            Schema
        );

    private static string Order(long id, string country, decimal amount, string time, string items = "[]", string status = "new") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"id":{{id}},"country":"{{country}}","amount":{{amount}},"at":"2027-01-15T{{time}}Z","status":"{{status}}","items":{{items}}}"""
        );

    [Fact]
    public void All_that_can_be_carried_on_is_right_after_each_batch_and_from_several_processors()
    {
        using var stream = Stream(
            """
            <driver id="d" table="s" groupBy="country" timeColumn="at" window="PT1H"
              metrics="count:orders, count:amount:paid, sum:amount:revenue, avg:amount:mean, min:amount:least, max:amount:most, first:id:one, last:id:latest"/>
            """
        );
        using (var first = stream.Open())
        {
            first.ProcessBatch(
                TestStream.Batch(0, 0, Order(1, "CH", 10, "08:01:00"), Order(2, "CH", 2.5m, "08:59:59"), Order(3, "DE", 1, "08:30:00"))
            );
            first.ProcessBatch(
                TestStream.Batch(1, 0, Order(4, "CH", 7, "08:10:00"), """{"id":5,"country":"CH","at":"2027-01-15T09:00:00Z"}""")
            );
        }
        using var second = stream.Open();
        second.ProcessBatch(TestStream.Batch(0, 3, Order(6, "CH", 0.5m, "08:00:00"), Order(7, "DE", 3, "09:10:00")));
        Assert.Equal(
            [
                "CH 08:00:00 09:00:00 4 4 20.00 5.0 0.50 10.00 1 6",
                "CH 09:00:00 10:00:00 1 0 5 5",
                "DE 08:00:00 09:00:00 1 1 1.00 1.0 1.00 1.00 3 3",
                "DE 09:00:00 10:00:00 1 1 3.00 3.0 3.00 3.00 7 7",
            ],
            stream.Rows(
                "s",
                "concat_ws(' ', country, strftime(window_start, '%H:%M:%S'), strftime(window_end, '%H:%M:%S'), orders, paid, revenue, mean, least, most, one, latest)"
            )
        );
    }

    [Fact]
    public void Without_groups_and_windows_there_is_one_row()
    {
        using var stream = Stream("""<driver id="d" table="s" metrics="count:orders, sum:amount:revenue"/>""");
        using var processor = stream.Open();
        processor.ProcessBatch(TestStream.Batch(0, 0, Order(1, "CH", 10, "08:01:00")));
        processor.ProcessBatch(TestStream.Batch(0, 1, Order(2, "DE", 5, "01:00:00")));
        Assert.Equal(["2 15.00"], stream.Rows("s", "concat_ws(' ', orders, revenue)"));
    }

    [Fact]
    public void What_needs_the_values_is_computed_again_for_the_windows_that_were_touched()
    {
        using var stream = Stream(
            """
            <driver id="d" table="s" groupBy="country" timeColumn="at" window="PT1H"
              metrics="countDistinct:status:states, median:amount:middle, p95:amount:high, count:orders"/>
            """
        );
        using (var first = stream.Open())
            first.ProcessBatch(
                TestStream.Batch(0, 0, Order(1, "CH", 1, "08:01:00"), Order(2, "CH", 2, "08:02:00"), Order(3, "CH", 9, "09:02:00"))
            );
        using var second = stream.Open();
        second.ProcessBatch(TestStream.Batch(1, 0, Order(4, "CH", 6, "08:03:00", status: "paid")));
        Assert.Equal(
            ["CH 08 2 2.0 5.6 3", "CH 09 1 9.0 9.0 1"],
            stream.Rows("s", "concat_ws(' ', country, strftime(window_start, '%H'), states, middle, high, orders)")
        );
    }

    [Theory]
    [InlineData("sum:amount:revenue")]
    [InlineData("sum:amount:revenue, countDistinct:id:ids")]
    public void An_event_is_late_by_those_before_it_in_its_partition_whatever_the_batches(string metrics)
    {
        string[] events =
        [
            Order(1, "CH", 1, "08:59:00"),
            Order(2, "CH", 1, "09:09:59"), // 08 to 09 is corrected until 09:10
            Order(3, "CH", 1, "08:58:00"),
            Order(4, "CH", 1, "09:10:00"),
            Order(5, "CH", 1, "08:57:00"), // late
            Order(6, "CH", 1, "09:11:00"),
            Order(7, "CH", 1, "09:00:00"),
        ];
        foreach (var cut in new[] { 1, 2, 3, 7 })
        {
            using var stream = Stream(
                $"""<driver id="d" table="s" timeColumn="at" window="PT1H" allowedLateness="PT10M" metrics="count:n, {metrics}"/>"""
            );
            for (var next = 0; next < events.Length; next += cut)
            {
                using var processor = stream.Open();
                processor.ProcessBatch(Late(next, events[next..Math.Min(next + cut, events.Length)]));
            }
            // Another partition that is slower is not late.
            using (var other = stream.Open())
                other.ProcessBatch(Late(0, [Order(8, "CH", 1, "08:00:01")], partition: 1));
            Assert.Equal(["08 3 3.00", "09 4 4.00"], stream.Rows("s", "concat_ws(' ', strftime(window_start, '%H'), n, revenue)"));
            Assert.Equal(
                ["5 08:00 09:00"],
                stream.Rows("s_late", "concat_ws(' ', id, strftime(window_start, '%H:%M'), strftime(window_end, '%H:%M'))")
            );
        }

        static EventBatch Late(int first, string[] values, int partition = 0)
        {
            var batch = new EventBatch();
            for (var i = 0; i < values.Length; i++)
                batch.Add(
                    new("orders", partition),
                    new StreamEvent
                    {
                        Offset = first + i,
                        EnqueuedAt = 1_800_010_000_000_000,
                        Value = System.Text.Encoding.UTF8.GetBytes(values[i]),
                        HasValue = true,
                    }
                );
            return batch;
        }
    }

    [Fact]
    public void A_clock_that_is_ahead_makes_no_others_late()
    {
        using var stream = Stream("""<driver id="d" table="s" timeColumn="at" window="PT1H" allowedLateness="PT1M" metrics="count:n"/>""");
        using var processor = stream.Open();
        processor.ProcessBatch(
            TestStream.Batch(0, 0, """{"id":1,"at":"2099-01-01T00:00:00Z"}""", Order(2, "CH", 1, "07:30:00"), Order(3, "CH", 1, "07:59:00"))
        );
        Assert.Equal(["2027-01-15 07 2", "2099-01-01 00 1"], stream.Rows("s", "strftime(window_start, '%Y-%m-%d %H') || ' ' || n"));
    }

    [Fact]
    public void Windows_may_slide_and_drivers_may_be_of_children()
    {
        using var stream = Stream(
            """
            <driver id="a" table="slid" timeColumn="at" window="PT2H" slide="PT1H" metrics="count:n"/>
            <driver id="b" table="skus" source="o_items" groupBy="sku" metrics="sum:qty:sold"/>
            """
        );
        using var processor = stream.Open();
        processor.ProcessBatch(TestStream.Batch(0, 0, Order(1, "CH", 1, "07:30:00", """[{"sku":"a","qty":2},{"sku":"b","qty":1}]""")));
        processor.ProcessBatch(
            TestStream.Batch(0, 1, Order(2, "CH", 1, "07:40:00", """[{"sku":"a","qty":5}]"""), Order(3, "CH", 1, "07:41:00"))
        );
        Assert.Equal(["06 3", "07 3"], stream.Rows("slid", "strftime(window_start, '%H') || ' ' || n"));
        Assert.Equal(["a 7", "b 1"], stream.Rows("skus", "sku || ' ' || sold"));
    }

    [Fact]
    public void Where_rows_are_replaced_the_summary_is_of_the_rows_as_they_are()
    {
        using var stream = Stream(
            """<driver id="d" table="s" groupBy="country" timeColumn="at" window="PT1H" metrics="count:n, sum:amount:revenue"/>""",
            """mode="merge" deleteWhen="status = 'gone'" """
        );
        using (var first = stream.Open())
            first.ProcessBatch(
                TestStream.Batch(0, 0, Order(1, "CH", 1, "07:30:00"), Order(2, "CH", 2, "07:31:00"), Order(3, "DE", 4, "08:00:00"))
            );
        using var second = stream.Open();
        second.ProcessBatch(
            TestStream.Batch(
                0,
                3,
                Order(1, "DE", 10, "07:30:00"),
                Order(3, "DE", 4, "08:00:00", status: "gone"),
                Order(2, "CH", 3, "07:31:00")
            )
        );
        Assert.Equal(
            ["CH 07 1 3.00", "DE 07 1 10.00"],
            stream.Rows("s", "concat_ws(' ', country, strftime(window_start, '%H'), n, revenue)")
        );
    }

    [Fact]
    public void A_driver_that_comes_later_is_computed_of_all_that_is_there()
    {
        using var stream = Stream("""<driver id="d" table="s" groupBy="country" metrics="count:n"/>""");
        using (
            var before = new TestStream(
                """<ingest table="orders_raw" maxEvents="2"><kafka bootstrapServers="b:1" topic="orders"/></ingest><flatten root="o" key="id"/>""",
                stream
            )
        )
        using (var processor = before.Open())
            for (var i = 0; i < 5; i++)
                processor.ProcessBatch(TestStream.Batch(i % 2, i * 3, Order(i, "CH", 1, "07:00:00"), Order(i + 100, "DE", 1, "07:00:00")));
        using var late = stream.Open();
        late.CatchUp();
        Assert.Equal(["CH 5", "DE 5"], stream.Rows("s", "country || ' ' || n"));
    }
}
