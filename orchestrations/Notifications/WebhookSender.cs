using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>
/// Tells programs by HTTP, at least once: <c>webhook-id</c> is the notification's id, the same in every try. What may pass is tried again: no answer,
/// 408, 425, 429 and all from 500 up; any other answer that is no success is final.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    private readonly HttpClient http;
    private readonly SendPolicy policy;
    private readonly TimeProvider time;

    /// <summary>Makes a sender, which keeps connections open; one is enough for a process.</summary>
    /// <param name="policy">How often is tried; null for the default.</param>
    /// <param name="time">The clock of signatures, and of the time between tries; null for the system's.</param>
    public WebhookSender(SendPolicy? policy = null, TimeProvider? time = null)
    {
        this.policy = policy ?? new();
        this.time = time ?? TimeProvider.System;
        // Where an address leads to is for who wrote it to say, not for whoever answers there.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Sends a notification.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="format">What it looks like; null to go by the address.</param>
    /// <param name="key">What it is signed with; null for no signature.</param>
    /// <param name="notification">What is told.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="SecretException">The key is none.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; whether it was delivered is open.</exception>
    public async Task<Delivery> Send(
        Uri address,
        WebhookFormat? format,
        Secret? key,
        Notification notification,
        CancellationToken ct = default
    )
    {
        var shape = format ?? WebhookBody.FormatOf(address);
        var body = WebhookBody.Write(notification, shape);
        for (var attempt = 1; ; attempt++)
        {
            using var request = Request(address, key, notification.Id, body);
            var outcome = await Try(request, shape, ct);
            if (outcome.Error is null || !outcome.MayPass || attempt >= policy.Attempts)
                return new(address.Host, attempt, outcome.Error, outcome.Hint);
            await Task.Delay(policy.DelayAfter(attempt, outcome.RetryAfter), time, ct);
        }
    }

    private HttpRequestMessage Request(Uri address, Secret? key, string id, byte[] body)
    {
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("ServerlessHub", null));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        if (key is not null)
            request.Headers.Add("webhook-signature", WebhookSignature.Of(key, id, seconds, body));
        return request;
    }

    private async Task<Outcome> Try(HttpRequestMessage request, WebhookFormat format, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(policy.Timeout);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return response.IsSuccessStatusCode ? new() : Refused(response, format);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new($"no answer within {policy.Timeout.TotalSeconds:0.###} s", "look whether the receiver is well", MayPass: true);
        }
        catch (HttpRequestException e)
        {
            var cause = e.InnerException is SocketException or IOException ? e.InnerException.Message : e.HttpRequestError.ToString();
            return new($"it cannot be reached: {cause}", "check the address, and whether this machine may connect to it", MayPass: true);
        }
    }

    private Outcome Refused(HttpResponseMessage response, WebhookFormat format)
    {
        var status = (int)response.StatusCode;
        var hint = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "check the address, and that both sides have the same key",
            HttpStatusCode.NotFound or HttpStatusCode.Gone => "the address is gone: make a new one at the receiver, and write it down here",
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity =>
                $"it was sent in the format '{format.ToString().ToLowerInvariant()}'; give the webhook another one if the receiver expects that",
            _ when status is >= 300 and < 400 => "write down the address that it leads to: a webhook follows none",
            _ => null,
        };
        var after = response.Headers.RetryAfter;
        return new($"it answered {status}", hint, status is 408 or 425 or 429 or >= 500, after?.Delta ?? after?.Date - time.GetUtcNow());
    }

    private readonly record struct Outcome(string? Error = null, string? Hint = null, bool MayPass = false, TimeSpan? RetryAfter = null);
}
