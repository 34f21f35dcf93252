using System.Globalization;
using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Polling;

/// <summary>
/// Where a poll has got to. It stands in the headers of the last event of each page, so the commit that makes the page's events part of the raw table
/// makes the position part of it: there is no moment at which one is there without the other.
/// </summary>
/// <param name="Since">The cursor that the poll under way asks with; null for none.</param>
/// <param name="Cursor">The cursor by what has come so far; null for none.</param>
/// <param name="Next">The next page of the poll under way: an address, a cursor or a number; null where none is under way.</param>
/// <param name="Pages">How many pages the poll under way has had.</param>
/// <param name="LastPage">By what the last one of them is known again; null where there was none.</param>
internal sealed record PollPosition(string? Since, string? Cursor, string? Next, int Pages, string? LastPage)
{
    private const long MemoryLimit = 256L << 20;
    private const string SinceHeader = "poll_since";
    private const string CursorHeader = "poll_cursor";
    private const string PagesHeader = "poll_pages";
    private const string LastPageHeader = "poll_last_page";

    /// <summary>Where a poll begins.</summary>
    /// <param name="cursor">What it asks with.</param>
    public static PollPosition Begin(string? cursor) => new(cursor, cursor, null, 0, null);

    /// <summary>The headers of an event that say it: the UTF-8 of a JSON object of texts; empty where there is nothing to say.</summary>
    /// <param name="paging">How pages are asked for.</param>
    public byte[] ToHeaders(PollPaging paging)
    {
        var texts = new Dictionary<string, string>();
        Add(CursorHeader, Cursor);
        if (Next is not null)
        {
            Add(SinceHeader, Since);
            Add(NextHeader(paging), Next);
            Add(PagesHeader, Pages.ToString(CultureInfo.InvariantCulture));
            Add(LastPageHeader, LastPage);
        }
        return texts.Count == 0 ? [] : JsonSerializer.SerializeToUtf8Bytes(texts);

        void Add(string name, string? value)
        {
            if (value is not null)
                texts.Add(name, value);
        }
    }

    /// <summary>Reads the form of <see cref="ToHeaders"/>. A page that was to be asked for in another way than now is not known: the poll begins anew.</summary>
    public static PollPosition Parse(string? headers, PollPaging paging)
    {
        var texts = headers is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(headers)!;
        var (since, cursor) = (texts.GetValueOrDefault(SinceHeader), texts.GetValueOrDefault(CursorHeader));
        if (!texts.TryGetValue(PagesHeader, out var pages))
            return Begin(cursor);
        return texts.TryGetValue(NextHeader(paging), out var next)
            ? new(since, cursor, next, int.Parse(pages, CultureInfo.InvariantCulture), texts.GetValueOrDefault(LastPageHeader))
            : Begin(since);
    }

    /// <summary>The position that the raw table of a stream, or its dead letters, have with an event; null if neither has the event.</summary>
    /// <exception cref="LakeException">A table cannot be read.</exception>
    public static PollPosition? Find(SourceContext context, SourcePartition partition, long offset, PollPaging paging)
    {
        using var database = Database.Open(new DatabaseOptions { MemoryLimitBytes = MemoryLimit, Threads = 1 });
        using var connection = database.Connect();
        foreach (var table in new[] { context.Stream.RawTable, context.Stream.DeadLetterTable })
        {
            if (new DeltaTable(context.Root.Storage, table.Folder, context.Time).TryRead() is not { } snapshot)
                continue;
            var place = offset.ToString(CultureInfo.InvariantCulture);
            using var scan = snapshot.Scan(connection, [new ColumnRange("offset", place, place)]);
            using var found = connection.Query(
                $"""SELECT headers FROM ({scan.Sql}) WHERE {EventPlace.OfEvents.Is(partition)} AND "offset" = {place}"""
            );
            if (found.Rows().FirstOrDefault() is { } row)
                return Parse((string?)row[0], paging);
        }
        return null;
    }

    private static string NextHeader(PollPaging paging) => $"poll_next_{paging.ToString().ToLowerInvariant()}";
}
