using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Orchestrators;

/// <summary>
/// Looks after a hub root every night, for ever: deletes what is not needed any more, and then does for one table after the other what is due by its own
/// properties. A hub root has one instance, whose id is the name; a night that nobody was there for is made up for.
/// </summary>
public static class MaintenanceOrchestrator
{
    /// <summary>The name it is registered by, and the id of its instance.</summary>
    public const string Name = "maintenance";

    private static readonly TimeSpan Night = TimeSpan.FromHours(2);
    private static readonly TimeSpan Later = TimeSpan.FromHours(1);

    /// <summary>When maintenance is due next: at 2 o'clock, UTC.</summary>
    public static DateTimeOffset NextNight(DateTimeOffset now)
    {
        var midnight = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        return midnight + Night > now ? midnight + Night : midnight.AddDays(1) + Night;
    }

    /// <summary>Waits for the night, does what it has to do, and begins anew.</summary>
    public static async Task<bool> Run(IOrchestrationContext context, MaintenanceInput input)
    {
        context.SetCustomStatus(input);
        await context.Timer(input.Due, CancellationToken.None);
        var round = await context.Bookkeep<MaintenanceRound>(MaintenanceActivities.Begin, input);
        foreach (var table in round.Tables)
            await context.Try(MaintenanceActivities.Tend, table);
        context.ContinueAsNew(new MaintenanceInput(round.IsHere ? NextNight(context.Now) : context.Now + Later));
        return round.IsHere;
    }
}
