using System.Globalization;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Sources;

/// <summary>Events that the source had deleted before they were read, and that the document says to pass over. It is written down before the stream goes on.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="First">The first offset that is gone.</param>
/// <param name="Last">The last one.</param>
/// <param name="At">When that was found.</param>
internal sealed record SourceGap(string Topic, int Partition, long First, long Last, DateTimeOffset At)
{
    private const string Folder = "gaps";

    /// <summary>Writes it down; once, however often it is found.</summary>
    public void Keep(StreamFolder folder) =>
        folder.Keep(
            string.Create(CultureInfo.InvariantCulture, $"{Folder}/{Uri.EscapeDataString(Topic)}-{Partition}-{First}-{Last}"),
            this
        );

    /// <summary>Those of a stream.</summary>
    public static IReadOnlyList<SourceGap> Of(StreamFolder folder) => folder.All<SourceGap>(Folder);

    /// <summary>The partition.</summary>
    public SourcePartition Source() => new(Topic, Partition);
}
