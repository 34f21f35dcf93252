using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ServerlessHub.Orchestrations.Tests.Notifications;

/// <summary>A program that is told by HTTP: it answers as it is told to, the last answer again and again.</summary>
internal sealed class HttpReceiver : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Queue<Action<HttpListenerResponse>> answers;
    private readonly CancellationTokenSource stop = new();

    public HttpReceiver(params Action<HttpListenerResponse>[] answers)
    {
        this.answers = new(answers);
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/hook/secret-path");
        }
        listener.Prefixes.Add($"http://127.0.0.1:{Address.Port}/");
        listener.Start();
        _ = Task.Run(Listen);
    }

    public Uri Address { get; }

    public ConcurrentQueue<(IReadOnlyDictionary<string, string> Headers, string Body)> Requests { get; } = [];

    public static Action<HttpListenerResponse> Answer(int status, string? retryAfter = null, string? location = null) =>
        response =>
        {
            response.StatusCode = status;
            if (retryAfter is not null)
                response.AddHeader("Retry-After", retryAfter);
            if (location is not null)
                response.AddHeader("Location", location);
            response.Close();
        };

    /// <summary>Keeps the connection open and says nothing.</summary>
    public static Action<HttpListenerResponse> Hang { get; } = _ => { };

    public void Dispose()
    {
        stop.Cancel();
        listener.Close();
    }

    private async Task Listen()
    {
        while (!stop.IsCancellationRequested)
        {
            var context = await listener.GetContextAsync();
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var headers = context.Request.Headers.AllKeys.ToDictionary(k => k!.ToLowerInvariant(), k => context.Request.Headers[k]!);
            Requests.Enqueue((headers, await reader.ReadToEndAsync()));
            (answers.Count > 1 ? answers.Dequeue() : answers.Peek())(context.Response);
        }
    }
}
