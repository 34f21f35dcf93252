using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Polling;

/// <summary>Asks a REST service. What it is told to sign in with goes to the host of the document's address alone, and is in no message.</summary>
internal sealed class PollClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly PollDefinition _poll;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    /// <param name="poll">The service.</param>
    /// <param name="headers">What each request has.</param>
    /// <param name="time">The clock that a date in <c>Retry-After</c> is held against.</param>
    /// <exception cref="RunException">One of the headers is not for whoever asks to set.</exception>
    public PollClient(PollDefinition poll, IReadOnlyDictionary<string, string> headers, TimeProvider time)
    {
        (_poll, _time) = (poll, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Accept.Add(new("application/json"));
        _http.DefaultRequestHeaders.UserAgent.Add(new("ServerlessHub", null));
        foreach (var (name, value) in headers)
            if (!TrySet(_http.DefaultRequestHeaders, name, value))
                throw new RunException(
                    $"requests to {poll.Address} cannot have the header '{name}'",
                    "take it out of the file that securityRef names"
                );
    }

    /// <summary>Asks.</summary>
    /// <exception cref="RunException">The answer is larger than it may be.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public PollResponse Get(Uri address, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            return Ask(address, limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(null) { Problem = $"did not answer within {Patience.TotalSeconds:0} s" };
        }
        catch (HttpRequestException e)
        {
            var cause = e.InnerException is SocketException or IOException or AuthenticationException
                ? e.InnerException.Message
                : e.HttpRequestError.ToString();
            return new(null) { Problem = $"cannot be reached: {cause}" };
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return new(null) { Problem = $"broke off its answer: {e.Message}" };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<PollResponse> Ask(Uri address, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var after = response.Headers.RetryAfter;
        return new((int)response.StatusCode, response.IsSuccessStatusCode ? await Read(response, ct) : default)
        {
            ContentType = response.Content.Headers.ContentType?.MediaType,
            NextLink = response.Headers.TryGetValues("Link", out var links) ? LinkHeader.Next(links) : null,
            RetryAfter = after?.Delta ?? after?.Date - _time.GetUtcNow(),
        };
    }

    private async Task<ReadOnlyMemory<byte>> Read(HttpResponseMessage response, CancellationToken ct)
    {
        using var stream = await response.Content.ReadAsStreamAsync(ct);
        var body = new MemoryStream();
        var buffer = new byte[81_920];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > _poll.MaxPageBytes)
                throw new RunException(
                    $"an answer of {_poll.Address} has more than {_poll.MaxPageBytes} bytes",
                    "ask for smaller pages, or set maxPageBytes higher"
                );
        }
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static bool TrySet(HttpRequestHeaders headers, string name, string value)
    {
        try
        {
            headers.Remove(name);
            return headers.TryAddWithoutValidation(name, value);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }
}
