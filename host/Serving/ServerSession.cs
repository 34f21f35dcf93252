using System.Text.Json.Nodes;
using ServerlessHub.Api.Backfills;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Backfills;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Serving;

/// <summary>A session through the server of a hub root.</summary>
internal sealed class ServerSession : JobSession
{
    private readonly ServerClient server;

    /// <summary>Opens a session with a server.</summary>
    /// <exception cref="IOException">The server's key cannot be read.</exception>
    public ServerSession(HubRoot root, ServerFile server)
        : base(root) => this.server = new ServerClient(root, server);

    /// <inheritdoc/>
    public override bool RunsEndHere => false;

    /// <inheritdoc/>
    public override async Task<string> Start(HubDocument document, IReadOnlyDictionary<string, string> parameters, CancellationToken ct)
    {
        var kind = document.Kind == DocumentKind.Job ? "jobs" : "pipelines";
        var (app, layer, id) = (document.Address.App, document.Address.Layer, document.Address.Id);
        var answer = await server.Post($"api/{kind}/{Part(app)}/{Part(id)}/runs?layer={Part(layer)}", new { parameters }, ct);
        return RunIdOf(answer);
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> Raise(
        string app,
        string name,
        IReadOnlyDictionary<string, string> parameters,
        CancellationToken ct
    )
    {
        var answer = await server.Post($"api/signals/{Part(app)}/{Part(name)}", new { parameters }, ct);
        return [.. answer?["runs"]?.AsArray().Select(RunIdOf) ?? []];
    }

    /// <inheritdoc/>
    public override Task Cancel(string runId, bool stop, CancellationToken ct) =>
        server.Post($"api/runs/{Part(runId)}/cancel", new { stop }, ct);

    /// <inheritdoc/>
    public override async Task Decide(string runId, string? node, bool approved, string? reason, CancellationToken ct)
    {
        node ??=
            Find(runId).Nodes.FirstOrDefault(n => n.Status == Orchestrations.Runs.NodeStatus.WaitingForApproval)?.Node
            ?? throw new RunException($"run {runId} waits for no approval", $"'hub runs show {runId}' tells where it stands");
        await server.Post($"api/runs/{Part(runId)}/approvals/{Part(node)}", new { approved, reason }, ct);
    }

    /// <inheritdoc/>
    public override async Task<(string RunId, IReadOnlyList<string> Warnings)> Rerun(string runId, RerunWish wish, CancellationToken ct)
    {
        var body = new
        {
            mode = wish.Mode,
            from = wish.From,
            latest = wish.Latest,
            parameters = wish.Parameters,
        };
        var answer = await server.Post($"api/runs/{Part(runId)}/rerun", body, ct);
        var warnings = answer?["warnings"]?.AsArray().Select(w => w!.GetValue<string>()).ToArray();
        return (RunIdOf(answer), warnings ?? []);
    }

    /// <inheritdoc/>
    public override async Task<string> Backfill(BackfillWish wish, CancellationToken ct)
    {
        var name = wish.Document.ToString();
        var (job, pipeline) = wish.Kind == DocumentKind.Job ? (name, (string?)null) : (null, name);
        var answer = await server.Post(
            "api/backfills",
            new BackfillRequest(job, pipeline, wish.From, wish.To, wish.Scope, wish.NewestFirst, wish.MaxParallel, wish.Parameters),
            ct
        );
        return answer?["id"]?.GetValue<string>() ?? throw new RunException("the server's answer names no backfill");
    }

    /// <inheritdoc/>
    public override Task ChangeBackfill(string id, string change, CancellationToken ct) =>
        server.Post($"api/backfills/{Part(id)}/{change}", new { }, ct);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        server.Dispose();
        return base.DisposeAsync();
    }

    private static string RunIdOf(JsonNode? answer) =>
        (answer?["runId"] ?? answer?["run"]?["runId"])?.GetValue<string>() ?? throw new RunException("the server's answer names no run");

    private static string Part(string text) => Uri.EscapeDataString(text);
}
