namespace ServerlessHub.Streams.Processing;

/// <summary>Places in JSON as RFC 6901 writes them, which the engine's functions take.</summary>
internal static class JsonPointer
{
    /// <summary>The place that names lead to.</summary>
    public static string Of(IEnumerable<string> path) =>
        string.Concat(
            path.Select(name => $"/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}")
        );
}
