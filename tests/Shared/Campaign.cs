namespace ServerlessHub.Tests.Shared;

/// <summary>How long the tests go on that find the more the longer they go on: briefly in the suite, as asked by <c>eng/campaign</c>.</summary>
internal static class Campaign
{
    /// <summary>Where the random moments begin.</summary>
    public static int Seed => Number("HUB_CAMPAIGN_SEED", 1);

    /// <summary>How often processes are killed.</summary>
    public static int Kills(int inSuite) => Number("HUB_CAMPAIGN_KILLS", inSuite);

    /// <summary>How often each of the processes commits that write to one table.</summary>
    public static int Commits(int inSuite) => Number("HUB_CAMPAIGN_COMMITS", inSuite);

    /// <summary>How many random pipelines are compared.</summary>
    public static int Pipelines(int inSuite) => Number("HUB_CAMPAIGN_PIPELINES", inSuite);

    /// <summary>How often each operation of the API is called with something random.</summary>
    public static int Requests(int inSuite) => Number("HUB_CAMPAIGN_REQUESTS", inSuite);

    /// <summary>How many events a stream reads whose processes are killed.</summary>
    public static int Events(int inSuite) => Number("HUB_CAMPAIGN_EVENTS", inSuite);

    private static int Number(string variable, int inSuite) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : inSuite;
}
