using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ServerlessHub.Streams.Tests.Processing;

/// <summary>What the tables of <see cref="MadeEvents"/> must hold, worked out event by event, with nothing of the product.</summary>
internal sealed class ExpectedTables
{
    private const long Minute = 60_000_000;
    private const long Allowed = 30_000_000;

    public List<string> Raw { get; } = [];

    public List<string> Dead { get; } = [];

    public List<string> Root { get; } = [];

    public Dictionary<string, long> Lines { get; } = [];

    public Dictionary<(string Country, long Window), (int N, long Total, string Newest)> Carried { get; } = [];

    public Dictionary<long, (HashSet<string> Countries, int N)> Computed { get; } = [];

    public List<string> Late { get; } = [];

    /// <param name="count">How many events each partition has.</param>
    public ExpectedTables(int count)
    {
        for (var partition = 0; partition < MadeEvents.Partitions; partition++)
        {
            var ids = new HashSet<string>();
            var mark = long.MinValue;
            for (var offset = 0L; offset < count; offset++)
                Take(partition, offset, ids, ref mark);
        }
    }

    /// <summary>That the tables of a stream hold just this.</summary>
    public void AssertIn(TestStream stream)
    {
        Equal(Raw, stream.Rows("raw", "partition || '-' || \"offset\""));
        Equal(Dead, stream.Rows("raw_dead_letters", "partition || '-' || \"offset\""));
        Equal(Root, stream.Rows("o", "_partition || '-' || _offset || ' ' || id"));
        Equal(Lines.Select(l => $"{l.Key} {l.Value}"), stream.Rows("lines", "sku || ' ' || sold"));
        Equal(
            Carried.Select(c => $"{c.Key.Country} {c.Key.Window} {c.Value.N} {c.Value.Total} {c.Value.Newest}"),
            stream.Rows("carried", "concat_ws(' ', country, epoch_us(window_start), n, total, newest)")
        );
        Equal(
            Computed.Select(c => $"{c.Key} {c.Value.Countries.Count} {c.Value.N}"),
            stream.Rows("computed", "concat_ws(' ', epoch_us(window_start), countries, n)")
        );
        Assert.NotEmpty(Late);
        Equal(Late, stream.Rows("carried_late", "_partition || '-' || _offset"));
        Equal(Late, stream.Rows("computed_late", "_partition || '-' || _offset"));
    }

    private static void Equal(IEnumerable<string> expected, IEnumerable<string> actual) => Assert.Equal(Text(expected), Text(actual));

    private static string Text(IEnumerable<string> rows) =>
        rows.Order(StringComparer.Ordinal)
            .Aggregate(new StringBuilder(), (text, row) => text.Append(CultureInfo.InvariantCulture, $"{row}\n"))
            .ToString();

    private void Take(int partition, long offset, HashSet<string> ids, ref long mark)
    {
        var place = $"{partition}-{offset}";
        var value = MadeEvents.Value(partition, offset);
        var order = value is null ? null : Parse(value);
        if (value is not null && order is null)
        {
            Dead.Add(place);
            return;
        }
        Raw.Add(place);
        if (order is not { } o)
            return;
        if (!o.TryGetProperty("id", out var id))
        {
            Dead.Add(place);
            return;
        }
        if (!ids.Add(id.GetString()!))
            return;
        Root.Add($"{place} {id}");
        foreach (var item in o.GetProperty("items").EnumerateArray())
        {
            var sku = item.GetProperty("sku").GetString()!;
            Lines[sku] = Lines.GetValueOrDefault(sku) + item.GetProperty("qty").GetInt32();
        }
        var at = (o.GetProperty("at").GetDateTime() - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var window = at / Minute * Minute;
        if (window + Minute + Allowed <= mark)
            Late.Add(place);
        else
        {
            var country = o.GetProperty("country").GetString()!;
            var (n, total, newest) = Carried.GetValueOrDefault((country, window), (0, 0, ""));
            Carried[(country, window)] = (
                n + 1,
                total + o.GetProperty("amount").GetInt64(),
                string.CompareOrdinal(newest, id.GetString()) > 0 ? newest : id.GetString()!
            );
            if (!Computed.TryGetValue(window, out var computed))
                Computed.Add(window, computed = ([], 0));
            computed.Countries.Add(country);
            Computed[window] = (computed.Countries, computed.N + 1);
        }
        mark = Math.Max(mark, Math.Min(at, MadeEvents.EnqueuedAt(offset)));
    }

    private static JsonElement? Parse(string value)
    {
        try
        {
            return JsonDocument.Parse(value).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
