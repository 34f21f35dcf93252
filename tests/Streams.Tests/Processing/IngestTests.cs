using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Tests.Processing;

public sealed class IngestTests : IDisposable
{
    private const string Document = """<ingest table="orders_raw"><kafka bootstrapServers="b:1" topic="orders"/></ingest>""";

    private readonly TestStream _stream = new(Document);

    public void Dispose() => _stream.Dispose();

    [Fact]
    public void An_event_is_in_the_raw_table_as_it_came()
    {
        using var processor = _stream.Open();
        var batch = new EventBatch();
        batch.Add(
            new("orders", 3),
            new StreamEvent
            {
                Offset = 42,
                EnqueuedAt = 1_800_000_000_123_456,
                Key = "k1"u8,
                HasKey = true,
                Headers = """{"source":"web"}"""u8,
                Value = """{"id": 1,  "a":"ü"}"""u8,
                HasValue = true,
            }
        );
        var result = processor.ProcessBatch(batch);

        Assert.True(result.IsCommitted);
        Assert.Equal(1, result.Events);
        Assert.Equal(42, processor.Offsets()[new("orders", 3)]);
        Assert.Equal(
            [
                """{'topic': orders, 'partition': 3, 'offset': 42, 'enqueued_at': '2027-01-15 08:00:00.123456+00', 'key': k1, 'headers': '{"source":"web"}', 'value': '{"id": 1,  "a":"ü"}'}""",
            ],
            _stream.Rows("orders_raw", "t")
        );
    }

    [Fact]
    public void What_comes_twice_is_taken_once()
    {
        using (var first = _stream.Open())
        {
            first.ProcessBatch(TestStream.Batch(0, 10, "{}", "{}", "{}"));
            Assert.Equal(0, first.ProcessBatch(TestStream.Batch(0, 10, "{}", "{}")).Events);
        }
        using var second = _stream.Open();
        Assert.Equal(2, second.ProcessBatch(TestStream.Batch(0, 11, "{}", "{}", "{}", "{}")).Events);
        Assert.Equal(["10", "11", "12", "13", "14"], _stream.Rows("orders_raw", "t.\"offset\""));
    }

    [Fact]
    public async Task Two_that_believe_to_own_a_partition_write_each_event_once()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 3)
                .Select(worker =>
                    Task.Run(() =>
                    {
                        using var processor = _stream.Open();
                        var random = new Random(worker);
                        for (var next = 0L; next < 60; )
                        {
                            var batch = TestStream.Batch(0, next, [.. Enumerable.Repeat("{}", random.Next(1, 9))]);
                            next = processor.ProcessBatch(batch).Offsets.GetValueOrDefault(new("orders", 0), -1) + 1;
                        }
                    })
                )
        );
        var offsets = _stream.Rows("orders_raw", "t.\"offset\"").Select(int.Parse).Order().ToArray();
        Assert.Equal(Enumerable.Range(0, offsets.Length), offsets);
    }

    [Fact]
    public void What_is_no_JSON_object_goes_to_the_dead_letters_with_its_bytes_and_the_reason()
    {
        using var processor = _stream.Open();
        var batch = TestStream.Batch(0, 0, "{\"a\":1}", "{\"a\":", "[1]", "", "{} {}", "\"text\"");
        batch.Add(
            new("orders", 0),
            new StreamEvent
            {
                Offset = 6,
                EnqueuedAt = 0,
                Value = [0xff, 0x00],
                HasValue = true,
            }
        );
        batch.Add(new("orders", 0), new StreamEvent { Offset = 7, EnqueuedAt = 0 });

        Assert.Equal(6, processor.ProcessBatch(batch).DeadLetters);
        Assert.Equal(["0", "7"], _stream.Rows("orders_raw", "t.\"offset\""));
        Assert.Equal(
            [@"1:{\x22a\x22:", "2:[1]", "3:", "4:{} {}", @"5:\x22text\x22", @"6:\xFF\x00"],
            _stream.Rows("orders_raw_dead_letters", "t.\"offset\" || ':' || t.value::VARCHAR")
        );
        Assert.Equal(["ingest: it is no JSON object"], _stream.Rows("orders_raw_dead_letters", "t.phase || ': ' || t.reason").Distinct());
    }

    [Fact]
    public void Where_the_document_says_so_a_malformed_event_stops_the_stream_and_nothing_of_its_batch_is_written()
    {
        using var strict = new TestStream(Document.Replace("orders_raw\"", "orders_raw\" onMalformed=\"fail\"", StringComparison.Ordinal));
        using var processor = strict.Open();
        var failure = Assert.Throws<StreamException>(() => processor.ProcessBatch(TestStream.Batch(2, 7, "{}", "nonsense")));
        Assert.Equal("stream shop/staging/orders: the event at offset 8 of orders/2 is no JSON object: nonsense", failure.Message);
        Assert.Null(strict.Table("orders_raw"));
    }

    [Fact]
    public void Dead_letters_of_a_batch_whose_raw_rows_were_not_committed_are_not_written_again()
    {
        using var processor = _stream.Open();
        processor.ProcessBatch(TestStream.Batch(0, 0, "{}", "bad", "{}"));
        // As after a crash between the two commits: the raw table is back where it was.
        Directory.Delete(Path.Combine(_stream.Folder, "data/applications/shop/staging/orders_raw"), recursive: true);
        using var again = _stream.Open();
        again.ProcessBatch(TestStream.Batch(0, 0, "{}", "bad", "{}", "worse"));
        Assert.Equal(["1", "3"], _stream.Rows("orders_raw_dead_letters", "t.\"offset\""));
        Assert.Equal(["0", "2"], _stream.Rows("orders_raw", "t.\"offset\""));
    }

    [Fact]
    public void An_event_of_ten_megabytes_is_taken()
    {
        using var processor = _stream.Open();
        var large = $$"""{"text":"{{new string('x', 10 << 20)}}"}""";
        processor.ProcessBatch(TestStream.Batch(0, 0, "{}", large, "{}"));
        Assert.Equal([$"{large.Length}", "2", "2"], _stream.Rows("orders_raw", "length(t.value)"));
    }
}
