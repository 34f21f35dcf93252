namespace ServerlessHub.Streams.Events;

/// <summary>Where events come from in an order of their own: a partition of a topic or an event hub, or a file.</summary>
/// <param name="Topic">The topic, the event hub, or the file's path.</param>
/// <param name="Partition">The partition; 0 where there are none.</param>
public readonly record struct SourcePartition(string Topic, int Partition)
{
    /// <summary>The form by which tables know it: <c>topic/partition</c>.</summary>
    public override string ToString() => $"{Topic}/{Partition}";

    /// <summary>Reads the form of <see cref="ToString"/>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static SourcePartition Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        return slash >= 0 && int.TryParse(text.AsSpan(slash + 1), out var partition)
            ? new(text[..slash], partition)
            : throw new FormatException($"'{text}' names no partition of a source.");
    }
}

/// <summary>Offsets of a partition, from the first to the last, both included.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
public readonly record struct OffsetRange(long First, long Last);
