using System.Globalization;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Polling;

/// <summary>
/// Asks a REST service for events, again and again, page after page. All events are of one partition, <c>poll/0</c>; a page is taken as a whole, and its
/// last event says where the poll has got to, see <see cref="PollPosition"/>. Of several processes one polls.
/// </summary>
internal sealed class PollSource : IEventSource
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly SourcePartition Partition = new("poll", 0);

    private readonly SourceContext _context;
    private readonly PollDefinition _poll;
    private readonly PollClient _client;
    private readonly PollPace _pace;

    private StorageLock? _turn;
    private long _next;
    private PollPosition _position = PollPosition.Begin(null);

    /// <summary>Whether a poll is under way.</summary>
    private bool _isPolling;

    /// <summary>Whether the poll under way was begun by who wrote the position, and no page was asked for since.</summary>
    private bool _isResumed;

    /// <summary>When the last poll began that was answered; null before the first one.</summary>
    private DateTimeOffset? _began;

    /// <summary>Whether a poll has ended since this was opened.</summary>
    private bool _hasPolled;

    /// <exception cref="RunException">What it signs in with is missing, or not what it should be.</exception>
    public PollSource(SourceContext context)
    {
        _context = context;
        var source = context.Ingest.Source;
        _poll = PollDefinition.Read(source);
        _client = new(_poll, PollCredentials.Of(source, context.Root, context.Stream.Address), context.Time);
        _pace = new(_poll.RequestsPerMinute, context.Time);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<SourcePartition, long> Ends =>
        _turn is null ? new Dictionary<SourcePartition, long>() : new() { [Partition] = _next - 1 };

    /// <inheritdoc/>
    public bool IsAtEnd => _turn is not null && !_isPolling && (_hasPolled || Left > TimeSpan.Zero);

    /// <inheritdoc/>
    public string? Problem { get; private set; }

    /// <summary>How long it is until a page is to be asked for.</summary>
    private TimeSpan Left
    {
        get
        {
            var every = _isPolling || _began is not { } began ? TimeSpan.Zero : began + _poll.Every - _context.Time.GetUtcNow();
            return every > _pace.Left ? every : _pace.Left;
        }
    }

    /// <inheritdoc/>
    public void Read(EventBatch batch, BatchWindow window, CancellationToken ct)
    {
        while (!window.IsDue(batch))
        {
            ct.ThrowIfCancellationRequested();
            // Who has lost the turn goes on from where the table is, and not from what it has in hand.
            if (_turn is not { IsHeld: true } && (batch.Count > 0 || !TakeTurn(ct)))
                return;
            var left = Left;
            if (left <= TimeSpan.Zero)
                try
                {
                    Ask(batch, ct);
                    if (!_isPolling)
                        return;
                }
                catch (Exception e) when (batch.Count > 0 && e is RunException or StreamException)
                {
                    // What came before is taken first; the same page is asked for again then.
                    return;
                }
            else if (batch.Count > 0 && left > window.Left)
                return;
            else
            {
                ct.WaitHandle.WaitOne(left < Pause ? left : Pause);
                if (batch.Count == 0)
                    return;
            }
        }
    }

    /// <summary>No: where a poll goes on is in the table's last event, and who gets the turn meanwhile must find it there.</summary>
    public bool ReadsAhead => false;

    /// <inheritdoc/>
    public void Settle(EventBatch batch, BatchResult result)
    {
        if (!result.IsCommitted)
            GoOnFrom(result.Offsets);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _turn?.Dispose();
    }

    private bool TakeTurn(CancellationToken ct)
    {
        _turn?.Dispose();
        _turn = _context.Folder.Lock("poll");
        if (_turn is null)
            ct.WaitHandle.WaitOne(Pause);
        else
        {
            GoOnFrom(_context.Offsets());
            _began = _context.Folder.Read<PollBegin>(PollBegin.Name)?.At;
        }
        return _turn is not null;
    }

    private void GoOnFrom(IReadOnlyDictionary<SourcePartition, long> reached)
    {
        var last = TableOffsets.At(reached, Partition);
        _next = last + 1 ?? 0;
        var position = last is { } offset ? PollPosition.Find(_context, Partition, offset, _poll.Paging) : null;
        if (last is { } gone && position is null)
            Logs.PollPositionGone(_context.Logger, _context.Stream.Address.ToString(), gone);
        _position = position ?? PollPosition.Begin(null);
        _isPolling = _isResumed = _position.Next is not null;
    }

    private void Ask(EventBatch batch, CancellationToken ct)
    {
        if (!_isPolling)
            (_position, _isPolling) = (PollPosition.Begin(_position.Cursor ?? _poll.CursorStart), true);
        if (_position.Pages >= _poll.MaxPages)
            throw Endless($"a poll of {_poll.Address} has had {_position.Pages} pages, and there is a next one", "or set maxPages higher");
        _pace.Asks();
        var response = _client.Get(PollAddress.Of(_poll, _position), ct);
        if (response.IsSuccess)
            Take(response, batch);
        else if (response.MayPass)
            Wait(response);
        else if (_poll.Paging == PollPaging.Page && response.Status == 404 && _position.Pages > 0)
            GoOn(null, _position.Cursor);
        else if (_isResumed && response.Status is 400 or 404 or 410)
            BeginAnew(response.Status.Value);
        else
            throw Refused(response.Status!.Value);
    }

    private void Take(PollResponse response, EventBatch batch)
    {
        using var page = PollPage.Read(response, _poll);
        if (_position.Pages == 0)
            Began();
        var print = _poll.Paging == PollPaging.Page && page.Count > 0 ? page.Fingerprint() : null;
        if (print is not null && print == _position.LastPage)
            throw Endless(
                $"page {_position.Next} of {_poll.Address} is the very same as the page before",
                $"and that '{_poll.PageParameter}' is the parameter for it"
            );
        var next = Next(response, page);
        GoOn(
            next,
            _poll.Cursor switch
            {
                PollCursor.Highest => PollCursors.Higher(_position.Cursor, page.Highest),
                PollCursor.LastPage => page.NextCursor ?? _position.Next ?? _position.Cursor,
                _ => null,
            },
            print
        );
        Add(page, batch);
        _pace.Succeeds();
        Problem = null;
    }

    /// <summary>The next page of the poll under way; null if there is none.</summary>
    private string? Next(PollResponse response, PollPage page)
    {
        var next = _poll.Paging switch
        {
            PollPaging.Link => response.NextLink is { } link ? PollAddress.OfLink(_poll, link) : null,
            PollPaging.Cursor => page.NextCursor,
            PollPaging.Page when page.Count > 0 => (PollAddress.NumberOf(_poll, _position) + 1).ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        // A feed has a cursor on its last page too, from which it is read on when there is more.
        if (_poll.Cursor == PollCursor.LastPage && (page.Count == 0 || next == (_position.Next ?? _position.Since)))
            return null;
        return next is null || next != _position.Next
            ? next
            : throw Endless($"a page of {_poll.Address} names itself as the next one", "whose last page names none");
    }

    /// <summary>Notes that a poll has begun, so that no other process asks before its time.</summary>
    private void Began()
    {
        _began = _context.Time.GetUtcNow();
        _context.Folder.Replace(PollBegin.Name, new PollBegin(_began.Value));
    }

    private void GoOn(string? next, string? cursor, string? print = null)
    {
        _isResumed = false;
        _isPolling = next is not null;
        _hasPolled |= !_isPolling;
        _position = next is null ? PollPosition.Begin(cursor) : new(_position.Since, cursor, next, _position.Pages + 1, print);
    }

    private void Add(PollPage page, EventBatch batch)
    {
        batch.HasOwnOffsets = true;
        var now = _context.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000;
        for (var i = 0; i < page.Count; i++)
            batch.Add(
                Partition,
                new StreamEvent
                {
                    Offset = _next++,
                    EnqueuedAt = now,
                    Value = page[i],
                    HasValue = true,
                    Headers = i == page.Count - 1 ? _position.ToHeaders(_poll.Paging) : [],
                }
            );
    }

    private void Wait(PollResponse response)
    {
        _pace.Fails(response.RetryAfter);
        Problem = string.Create(
            CultureInfo.InvariantCulture,
            $"{_poll.Address} {response.Problem ?? $"answered {response.Status}"}; it is asked again at {_context.Time.GetUtcNow() + _pace.Left:HH:mm:ss} UTC"
        );
    }

    private void BeginAnew(int status)
    {
        Logs.PollBeginsAnew(_context.Logger, _context.Stream.Address.ToString(), _poll.Address, status, _position.Since ?? "");
        (_position, _isResumed) = (PollPosition.Begin(_position.Since), false);
    }

    private RunException Refused(int status) =>
        new(
            $"{_poll.Address} answered {status}",
            status switch
            {
                401 or 403 => _context.Ingest.Source.Has("securityRef")
                    ? "look whether what the file of securityRef signs in with is right, and may read there"
                    : "name what to sign in with by securityRef",
                404 or 410 => "look whether the address is right",
                >= 300 and < 400 => "write the address that it leads to: a poll follows none",
                _ => "look what the service says of such a request",
            }
        );

    private StreamException Endless(string what, string hint) =>
        new(
            $"stream {_context.Stream.Address}: {what}",
            $"look whether paging=\"{_context.Ingest.Source["paging"]}\" is what the service does, {hint}"
        );
}
