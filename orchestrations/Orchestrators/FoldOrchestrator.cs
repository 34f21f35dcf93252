using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>Puts the documents of runs that have ended into the tables of the history, every minute, for ever. A hub root has one instance, whose id is the name.</summary>
public static class FoldOrchestrator
{
    /// <summary>The name it is registered by, and the id of its instance.</summary>
    public const string Name = "history";

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Waits until it is due, folds, and begins anew.</summary>
    public static async Task<bool> Run(IOrchestrationContext context, MaintenanceInput input)
    {
        context.SetCustomStatus(input);
        await context.Timer(input.Due, CancellationToken.None);
        var isDone = await context.Try(MaintenanceActivities.Fold, input);
        context.ContinueAsNew(new MaintenanceInput(context.Now + Every));
        return isDone;
    }
}
