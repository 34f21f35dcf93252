using System.Globalization;
using System.Text;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Benchmarks.Streams;

/// <summary>Web orders as events: about 170 bytes of JSON each, over some partitions, 0.1 % of them sent twice.</summary>
internal sealed class OrderEvents(int partitions)
{
    /// <summary>The moment of the first one, in microseconds since 1970.</summary>
    private const long Start = 1_800_000_000_000_000;

    private readonly long[] _next = new long[partitions];
    private readonly byte[] _buffer = new byte[512];
    private readonly byte[] _key = new byte[8];
    private long _id;

    /// <summary>How many bytes of JSON were made.</summary>
    public long Bytes { get; private set; }

    /// <summary>Puts the next ones into a batch.</summary>
    public void Fill(EventBatch batch, int count)
    {
        // As a consumer gets them: some of one partition, then some of the next.
        for (var done = 0; done < count; )
        {
            var partition = (int)(_id / 500 % partitions);
            var run = Math.Min(500, count - done);
            for (var i = 0; i < run; i++)
                Add(batch, partition);
            done += run;
        }
    }

    /// <summary>The JSON of the next one.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var id = _id++;
        // Every thousandth is the one before, sent again.
        var seed = (ulong)(id % 1000 == 999 ? id - 1 : id) * 0x9E3779B97F4A7C15;
        var length = Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"order_id":{{(id % 1000 == 999 ? id - 1 : id)}},"customer":"c{{seed >> 47}}","country":"{{Country(seed)}}","amount":{{(seed >> 20) % 100_000 / 100.0}},"placed_at":"{{At(id):yyyy-MM-ddTHH:mm:ss.fffZ}}","items":[{"sku":"s{{(seed >> 8) % 1000}}","qty":{{(seed >> 4) % 5 + 1}}}]}"""
            ),
            _buffer
        );
        Bytes += length;
        return _buffer.AsSpan(0, length);
    }

    private void Add(EventBatch batch, int partition)
    {
        var value = Next();
        BitConverter.TryWriteBytes(_key, _id);
        batch.Add(
            new("orders", partition),
            new StreamEvent
            {
                Offset = _next[partition]++,
                EnqueuedAt = Start + _id * 20,
                Value = value,
                HasValue = true,
                Key = _key,
                HasKey = true,
            }
        );
    }

    private static DateTime At(long id) => DateTime.UnixEpoch.AddMicroseconds(Start + id * 20 - id % 7 * 1_000_000);

    private static string Country(ulong seed) =>
        ((seed >> 33) % 5) switch
        {
            0 => "CH",
            1 => "DE",
            2 => "FR",
            3 => "IT",
            _ => "AT",
        };
}
