namespace ServerlessHub.Lake.Tests;

/// <summary>How long the tests go on that find the more the longer they go on: briefly in the suite, as asked by <c>eng/campaign</c>.</summary>
internal static class Campaign
{
    /// <summary>How often processes are killed.</summary>
    public static int Kills => Number("HUB_CAMPAIGN_KILLS") ?? 12;

    /// <summary>How often each of the processes commits that write to one table; null for what the test has by itself.</summary>
    public static int? Commits => Number("HUB_CAMPAIGN_COMMITS");

    /// <summary>Where the random moments begin.</summary>
    public static int Seed => Number("HUB_CAMPAIGN_SEED") ?? 1;

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;
}
