using System.Globalization;
using ServerlessHub.Streams.Care;
using ServerlessHub.Streams.Replaying;
using ServerlessHub.Streams.Sources;
using ServerlessHub.Streams.Verification;

namespace ServerlessHub.Streams.Tests.Care;

public sealed class StreamCareTests : IDisposable
{
    /// <summary>When <see cref="TestStream"/>'s events of an offset come.</summary>
    private static DateTimeOffset At(long offset) => DateTimeOffset.FromUnixTimeSeconds(1_800_000_000 + offset);

    private readonly TestStream _stream = new(
        """
        <ingest table="raw" retention="PT100S"><kafka bootstrapServers="b:1" topic="orders"/></ingest>
        <flatten root="o" key="id"/>
        """
    );

    public void Dispose() => _stream.Dispose();

    [Fact]
    public void Many_small_files_become_one_and_no_writer_does_it_any_more()
    {
        using (var processor = _stream.Open())
            for (var batch = 0; batch < StreamCare.MinFiles; batch++)
                processor.ProcessBatch(TestStream.Batch(0, batch * 2, Value(batch * 2), batch == 7 ? "malformed" : Value(batch * 2 + 1)));
        // The writer may have put files together itself until now.
        Look(At(0));
        var rows = _stream.Rows("o", "t");
        using (var processor = _stream.Open())
            for (var batch = StreamCare.MinFiles; batch < 2 * StreamCare.MinFiles; batch++)
                processor.ProcessBatch(TestStream.Batch(0, batch * 2, Value(batch * 2), Value(batch * 2 + 1)));
        Assert.InRange(_stream.Table("raw")!.Files.Count, StreamCare.MinFiles, 2 * StreamCare.MinFiles);

        Look(At(0));

        Assert.Single(_stream.Table("raw")!.Files);
        Assert.Single(_stream.Table("o")!.Files);
        Assert.Equal(2 * StreamCare.MinFiles * 2 - 1, _stream.Rows("o", "t").Length);
        Assert.Subset(_stream.Rows("o", "t").ToHashSet(), rows.ToHashSet());
        AssertProven();
    }

    [Fact]
    public void Events_are_kept_as_long_as_the_document_says_and_what_is_left_is_proven()
    {
        using (var processor = _stream.Open())
        {
            processor.ProcessBatch(
                TestStream.Batch(0, 0, [.. Enumerable.Range(0, 150).Select(o => o is 3 or 120 ? "malformed" : Value(o))])
            );
            processor.ProcessBatch(TestStream.Batch(1, 0, Value(1000), Value(1001)));
        }

        Look(At(200));

        Assert.Equal(Enumerable.Range(100, 50).Where(o => o != 120), Offsets(0));
        Assert.Empty(Offsets(1));
        Assert.Equal(["120"], _stream.Rows("raw_dead_letters", "\"offset\""));
        Assert.Equal(150, _stream.Rows("o", "t").Length);
        AssertProven();
        // Not again within the hour.
        Look(At(201 + 1800));
        Assert.Equal(49, Offsets(0).Length);
        using (var processor = _stream.Open())
            processor.ProcessBatch(TestStream.Batch(1, 2, Value(1002)));
        AssertProven();
        Assert.False(new StreamReplay(_stream.Root, _stream.Definition).Run(ReplayStart.OfAll).IsOfAll);
        _stream.Damage("raw", "DELETE", "partition = 0 AND \"offset\" < 102");
        Assert.Contains(Checks(), c => c is { IsProven: false, What: "no offset is missing", Partition: "orders/0" });
    }

    [Fact]
    public void No_event_goes_that_is_not_flattened_yet()
    {
        using (var processor = _stream.Open())
            processor.ProcessBatch(TestStream.Batch(0, 0, Value(0), Value(1)));
        // A stream that has only its raw table writes on as one whose later phases were interrupted.
        using var behind = new TestStream("""<ingest table="raw"><kafka bootstrapServers="b:1" topic="orders"/></ingest>""", _stream);
        using (var processor = behind.Open())
            processor.ProcessBatch(TestStream.Batch(0, 2, Value(2), Value(3)));

        Look(At(100_000));

        Assert.Equal([2, 3], Offsets(0));
        using (var processor = _stream.Open())
            processor.CatchUp();
        Assert.Equal(4, _stream.Rows("o", "t").Length);
        AssertProven();
    }

    [Fact]
    public void One_process_at_a_time_looks_after_a_stream()
    {
        using (var processor = _stream.Open())
            processor.ProcessBatch(TestStream.Batch(0, 0, Value(0)));
        using (new StreamFolder(_stream.Root.Storage, _stream.Definition.Address).Lock("care"))
            Look(At(100_000));
        Assert.Single(Offsets(0));
        Look(At(100_000));
        Assert.Empty(Offsets(0));
    }

    private static string Value(long id) => $$"""{"id":{{id}},"text":"event {{id}}"}""";

    private void Look(DateTimeOffset at)
    {
        using var care = new StreamCare(_stream.Root, _stream.Definition, new Clock(at));
        care.Look(CancellationToken.None);
    }

    private int[] Offsets(int partition) =>
        [
            .. _stream
                .Rows("raw", "partition || ' ' || \"offset\"")
                .Select(r => r.Split(' '))
                .Where(r => r[0] == $"{partition}")
                .Select(r => int.Parse(r[1], CultureInfo.InvariantCulture))
                .Order(),
        ];

    private IReadOnlyList<StreamCheck> Checks() =>
        StreamVerification.Run(_stream.Root, _stream.Definition, new() { MemoryLimitBytes = 512 << 20, Threads = 2 });

    private void AssertProven() => Assert.All(Checks(), check => Assert.True(check.IsProven, $"{check}"));

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
