using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace ServerlessHub.Tests.Shared;

/// <summary>Carries requests to a storage account, and fails when it is told to.</summary>
internal sealed class FaultyTransport : HttpPipelineTransport, IDisposable
{
    private readonly HttpClientTransport _inner = new();

    /// <summary>Called before each request; what it throws happens instead.</summary>
    public Action<Request> Before { get; set; } = _ => { };

    /// <summary>Whether a request is answered with "server busy"; asked before each one.</summary>
    public Func<bool> IsBusy { get; set; } = () => false;

    /// <summary>Called after each request that was answered; what it throws hides the answer.</summary>
    public Action<Request> After { get; set; } = _ => { };

    /// <summary>Whether requests are never answered.</summary>
    public bool IsSilent { get; set; }

    public void Dispose() => _inner.Dispose();

    public override Request CreateRequest() => _inner.CreateRequest();

    public override void Process(HttpMessage message)
    {
        Before(message.Request);
        if (IsSilent)
            message.CancellationToken.WaitHandle.WaitOne();
        message.CancellationToken.ThrowIfCancellationRequested();
        if (IsBusy())
            message.Response = new BusyAnswer(message.Request.ClientRequestId);
        else
            _inner.Process(message);
        After(message.Request);
    }

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        Before(message.Request);
        if (IsSilent)
            await Task.Delay(Timeout.Infinite, message.CancellationToken);
        if (IsBusy())
            message.Response = new BusyAnswer(message.Request.ClientRequestId);
        else
            await _inner.ProcessAsync(message);
        After(message.Request);
    }

    private sealed class BusyAnswer(string id) : Response
    {
        public override int Status => 503;

        public override string ReasonPhrase => "Server Busy";

        public override Stream? ContentStream { get; set; } = new MemoryStream();

        public override string ClientRequestId { get; set; } = id;

        public override void Dispose() { }

        protected override bool ContainsHeader(string name) => false;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
        {
            value = null;
            return false;
        }

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = null;
            return false;
        }
    }
}
