using System.Text.Json;
using Microsoft.DurableTask;

namespace ServerlessHub.Functions.Durable;

/// <summary>
/// The events of an instance. The platform gives an event to whoever began to wait last, cancelled or not; so it is asked for one event of a name at a
/// time, and what comes goes to the first that still waits.
/// </summary>
internal sealed class ExternalEvents(TaskOrchestrationContext context)
{
    private readonly Dictionary<string, Inbox> inboxes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits for an event.</summary>
    public Task<JsonElement> Wait(string name, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<JsonElement>(cancellation);
        if (!inboxes.TryGetValue(name, out var inbox))
            inboxes[name] = inbox = new Inbox();
        if (inbox.Kept.TryDequeue(out var kept))
            return Task.FromResult(kept);
        var waiter = new TaskCompletionSource<JsonElement>();
        var place = inbox.Waiters.AddLast(waiter);
        var registration = cancellation.Register(() =>
        {
            if (waiter.TrySetCanceled(cancellation))
                inbox.Waiters.Remove(place);
        });
        if (!inbox.IsListening)
            _ = Listen(name, inbox);
        return Ended();

        async Task<JsonElement> Ended()
        {
            using (registration)
                return await waiter.Task;
        }
    }

    /// <summary>Sends on to the next history what came and nobody waited for.</summary>
    public void Forward()
    {
        foreach (var (name, inbox) in inboxes)
            while (inbox.Kept.TryDequeue(out var kept))
                context.SendEvent(context.InstanceId, name, kept);
    }

    private async Task Listen(string name, Inbox inbox)
    {
        inbox.IsListening = true;
        while (inbox.Waiters.Count > 0)
        {
            var happened = await context.WaitForExternalEvent<JsonElement>(name);
            if (inbox.Waiters.First is not { } first)
            {
                inbox.Kept.Enqueue(happened);
                break;
            }
            inbox.Waiters.RemoveFirst();
            first.Value.SetResult(happened);
        }
        inbox.IsListening = false;
    }

    private sealed class Inbox
    {
        public LinkedList<TaskCompletionSource<JsonElement>> Waiters { get; } = [];

        public Queue<JsonElement> Kept { get; } = [];

        public bool IsListening { get; set; }
    }
}
