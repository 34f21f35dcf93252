using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Api.Runs;

/// <summary>
/// A run as it changes. Its documents are looked at twice a second, since whatever process runs it writes them; a reader that comes late, or again, is told
/// first how everything stands.
/// </summary>
internal sealed class RunEvents(RunHistory history, TimeProvider time)
{
    private const string OfRun = "run";
    private const string OfNode = "node";
    private const string OfEnd = "end";
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Each change of the run and of its nodes, of which the last one is its end; null where nothing has changed for fifteen seconds.</summary>
    public async IAsyncEnumerable<SseItem<RunChange>?> Of(string runId, [EnumeratorCancellation] CancellationToken ct)
    {
        string? seen = null;
        var nodes = new Dictionary<string, string>();
        var number = 0L;
        var told = time.GetTimestamp();
        while (history.Find(runId, ct) is { } run)
        {
            foreach (var node in run.Nodes)
                if (IsNew(nodes, node))
                    yield return Item(OfNode, new RunChange(Node: node));
            var own = run with { Nodes = [] };
            if (run.HasEnded)
            {
                yield return Item(OfEnd, new RunChange(Run: own));
                yield break;
            }
            var text = JsonSerializer.Serialize(own, DurableJson.Options);
            if (text != seen)
                yield return Item(OfRun, new RunChange(Run: own));
            seen = text;
            if (time.GetElapsedTime(told) >= KeepAlive)
            {
                told = time.GetTimestamp();
                yield return null;
            }
            await Task.Delay(Interval, time, ct);
        }

        SseItem<RunChange> Item(string type, RunChange change)
        {
            told = time.GetTimestamp();
            return new(change, type) { EventId = $"{++number}" };
        }
    }

    private static bool IsNew(Dictionary<string, string> nodes, NodeRun node)
    {
        var text = JsonSerializer.Serialize(node, DurableJson.Options);
        var isNew = nodes.GetValueOrDefault(node.Node) != text;
        nodes[node.Node] = text;
        return isNew;
    }
}
