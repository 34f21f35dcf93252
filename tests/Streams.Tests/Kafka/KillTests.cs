using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Confluent.Kafka;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Streams.Tests.Kafka;

/// <summary>Processes that read one topic as a group, while they are killed, frozen, added and taken away, and their broker drops them.</summary>
public sealed class KillTests : IDisposable
{
    private const int Partitions = 8;

    /// <summary>A mock's partition forgets what is older than its last 5 MB.</summary>
    private const int MostAhead = 60_000;

    private readonly int _all = Campaign.Events(inSuite: 40_000) / Partitions * Partitions;
    private readonly int _blows = Campaign.Kills(inSuite: 5);
    private readonly Random _random = new(Campaign.Seed);
    private readonly MockBroker _broker = new("orders", Partitions);
    private readonly KafkaStream _stream;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();
    private readonly List<Process> _processes = [];
    private Process? _frozen;
    private int _sent;

    public KillTests()
    {
        _stream = new(
            _broker,
            "maxEvents=\"2000\"",
            """
            <flatten root="orders" key="event_id" eventId="event_id"><child path="$.items[*]" table="order_items"/></flatten>
            """
        );
        _producer = KafkaStream.Producer(_broker);
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _producer.Dispose();
        _stream.Dispose();
        _broker.Dispose();
    }

    [Fact]
    public async Task Every_event_is_in_the_raw_table_once_whatever_becomes_of_those_who_read()
    {
        Start();
        Start();
        var (struck, taken) = (0, 0L);
        Send(taken, struck);
        while (taken < _all)
        {
            // Each line is a commit of one of them.
            var line = await _said.Reader.ReadAsync();
            Assert.DoesNotContain("error of the hub", line, StringComparison.Ordinal);
            taken = _stream.Taken();
            if (struck < _blows && taken > Before(struck))
            {
                Strike(struck++);
                taken = _stream.Taken();
            }
            Send(taken, struck);
        }
        // The last one may have been struck between two commits, or not be done yet.
        _stream.Offsets.CatchUp();
        AssertEachOnce();
    }

    private void AssertEachOnce()
    {
        const string misplaced = "(t.value::JSON ->> 'n')::BIGINT <> t.\"offset\" OR (t.value::JSON ->> 'p')::INT <> t.partition";
        Assert.Equal(
            [(long)_all, (long)_all, 0L, (_all / Partitions) - 1L],
            Row(
                "orders_raw",
                $"""count(*), count(DISTINCT (t.partition, t."offset")), count(*) FILTER (WHERE {misplaced}), max(t."offset")"""
            )
        );
        // What was sent twice is one order, and each has its two items.
        var orders = (long)Row("orders_raw", "count(DISTINCT t.value::JSON ->> 'event_id')")[0]!;
        Assert.InRange(orders, 1, _all - 1);
        Assert.Equal([orders, orders], Row("orders", "count(*), count(DISTINCT t.event_id)"));
        Assert.Equal([2 * orders, 2 * orders], Row("order_items", "count(*), count(DISTINCT (t.event_id, t._position))"));
    }

    private object?[] Row(string table, string select)
    {
        using var scan = _stream.Tables.Table(table)!.Scan(_stream.Tables.Connection);
        using var result = _stream.Tables.Connection.Query($"SELECT {select} FROM ({scan.Sql}) AS t");
        return result.Rows().Single();
    }

    /// <summary>How many events must have been taken before a blow is struck.</summary>
    private long Before(int blow) => (long)_all * (blow + 1) / (_blows + 2);

    /// <summary>Sends as much as the broker can keep until it is read, and never so much that all could be taken with blows still to strike.</summary>
    private void Send(long taken, int struck)
    {
        var value = new StringBuilder();
        var most = struck == _blows ? _all : Before(struck + 1);
        for (; _sent < most && _sent - taken < MostAhead; _sent++)
        {
            var (partition, n) = (_sent % Partitions, _sent / Partitions);
            // Now and then an order is sent twice, and none is sent in the order in which they were placed.
            var order = _random.Next(1_000) == 0 ? Math.Max(0, n - 1) : n;
            value
                .Clear()
                .Append(
                    $$"""{"p":{{partition}},"n":{{n}},"event_id":"{{partition}}-{{order}}","placed_at":"2026-01-{{_random.Next(1, 28):D2}}T00:00:00Z","""
                )
                .Append($$""" "items":[{"sku":"a","count":1},{"sku":"b","count":2}]}""");
            _producer.Produce(
                new TopicPartition("orders", partition),
                new Message<byte[], byte[]> { Value = Encoding.UTF8.GetBytes(value.ToString()) }
            );
        }
        _producer.Flush(TimeSpan.FromMinutes(1));
    }

    private void Strike(int number)
    {
        Thaw();
        switch (number % 6)
        {
            case 0:
                Kill(Some());
                Start();
                break;
            case 1:
                Start();
                break;
            case 2:
                _frozen = Some();
                Signal("STOP", _frozen);
                break;
            case 3:
                _broker.Fall();
                _broker.Rise();
                break;
            case 4:
                // All at once.
                foreach (var process in _processes.ToArray())
                    Kill(process);
                Start();
                Start();
                Start();
                break;
            default:
                var leaving = Some();
                _processes.Remove(leaving);
                leaving.StandardInput.Close();
                leaving.WaitForExit();
                leaving.Dispose();
                Start();
                break;
        }
    }

    private Process Some() => _processes[_random.Next(_processes.Count)];

    private void Start()
    {
        var process = StreamProcess.Start(_stream.Folder);
        process.OutputDataReceived += (_, line) => _said.Writer.TryWrite(line.Data ?? "ended");
        process.BeginOutputReadLine();
        _processes.Add(process);
    }

    private void Kill(Process process)
    {
        _processes.Remove(process);
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private void Thaw()
    {
        if (_frozen is { } process && _processes.Contains(process))
            Signal("CONT", process);
        _frozen = null;
    }

    private static void Signal(string signal, Process process) =>
        Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();
}
