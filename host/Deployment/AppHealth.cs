namespace ServerlessHub.Host.Deployment;

/// <summary>What an app says of itself.</summary>
internal static class AppHealth
{
    /// <summary>What it says when all is well.</summary>
    public const string Healthy = "healthy";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Asks it: <see cref="Healthy"/>, or what is wrong.</summary>
    /// <param name="address">Where it answers.</param>
    public static string Of(Uri address)
    {
        using var http = new HttpClient { Timeout = Patience };
        try
        {
            using var response = http.GetAsync(new Uri(address, "/health")).GetAwaiter().GetResult();
            return response.IsSuccessStatusCode ? Healthy : $"it answers {(int)response.StatusCode} {response.ReasonPhrase}";
        }
        catch (HttpRequestException e)
        {
            return $"it does not answer: {e.Message}";
        }
        catch (TaskCanceledException)
        {
            return $"it does not answer within {Patience.TotalSeconds:0} s";
        }
    }
}
