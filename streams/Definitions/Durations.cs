using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Streams.Definitions;

/// <summary>Durations in elements whose form was checked.</summary>
internal static class Durations
{
    /// <summary>The duration that an attribute holds; null where it is absent and has no default.</summary>
    public static TimeSpan? Of(Element element, string attribute) =>
        element[attribute] is { } text && IsoDuration.TryParse(text, out var duration) ? duration : null;
}
