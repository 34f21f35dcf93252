using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Publishing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Running;

/// <summary>Pauses and resumes streams, and tells where their tables are; whether and where they run makes no difference.</summary>
/// <param name="root">The hub.</param>
/// <param name="time">The clock.</param>
public sealed class StreamControl(HubRoot root, TimeProvider time)
{
    /// <summary>Pauses a stream in all processes, which notice within seconds. Paused already, it stays as it is.</summary>
    /// <exception cref="IOException">The hub's storage fails.</exception>
    public StreamPause Pause(DocumentAddress stream, string by, string? reason) =>
        new StreamPause(by, reason, time.GetUtcNow()).Keep(Folder(stream));

    /// <summary>Lets a stream go on.</summary>
    /// <exception cref="IOException">The hub's storage fails.</exception>
    public void Resume(DocumentAddress stream) => StreamPause.End(Folder(stream));

    /// <summary>Who has paused a stream; null if nobody has.</summary>
    /// <exception cref="IOException">The hub's storage fails.</exception>
    public StreamPause? PauseOf(DocumentAddress stream) => StreamPause.Of(Folder(stream));

    /// <summary>How far each table of a stream has come, in the order of the phases; a table that is not there yet has nothing.</summary>
    /// <exception cref="Lake.LakeException">A table cannot be read.</exception>
    public IReadOnlyList<PhaseStatus> Phases(StreamDefinition stream)
    {
        var offsets = new TableOffsets(stream.Address);
        var raw = Table(stream.RawTable);
        var reached = offsets.Of(raw);
        var phases = new List<PhaseStatus> { new("ingest", stream.RawTable.ToString(), null, raw?.Timestamp) };
        if (stream.Document.Flatten is { } flatten)
            phases.Add(Phase("flatten", flatten.Root));
        foreach (var driver in stream.Document.Drivers)
            phases.Add(Phase($"summarise {driver.Id}", driver.Table));
        return phases;

        PhaseStatus Phase(string phase, string name)
        {
            var table = Table(stream.Table(name));
            var come = offsets.Of(table);
            var lag = reached.Sum(p => p.Value - (come.TryGetValue(p.Key, out var at) ? at : -1));
            return new(phase, stream.Table(name).ToString(), Math.Max(0, lag), table?.Timestamp);
        }

        Lake.Snapshot? Table(TableName name) => new Lake.DeltaTable(root.Storage, name.Folder, time).TryRead();
    }

    /// <summary>How far each publication of a stream has come.</summary>
    /// <exception cref="Lake.LakeException">A table cannot be read.</exception>
    public IReadOnlyList<PublicationStatus> Publications(StreamDefinition stream) =>
        [
            .. stream.Document.Publications.Select(publish =>
            {
                var table = stream.Table(stream.Document.Drivers.Single(d => d.Id == publish.Driver).Table);
                var position = Folder(stream.Address).Read<PublishPosition>(PublishPosition.NameOf(publish));
                var last = new Lake.DeltaTable(root.Storage, table.Folder, time).TryRead()?.Version ?? -1;
                var waiting = Math.Max(0, last - (position?.Version ?? -1));
                return new PublicationStatus(publish.Driver, publish.Topic, table.ToString(), position?.Version, waiting, position?.At);
            }),
        ];

    /// <summary>How far a stream's raw table is behind its source, as one sees it who does not run it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="ends">The last offset of each partition of the source.</param>
    /// <exception cref="Lake.LakeException">The table cannot be read.</exception>
    public StreamActivity Behind(StreamDefinition stream, IReadOnlyDictionary<SourcePartition, long> ends)
    {
        var raw = new Lake.DeltaTable(root.Storage, stream.RawTable.Folder, time).TryRead();
        var reached = new TableOffsets(stream.Address).Of(raw);
        PartitionActivity[] partitions =
        [
            .. ends.OrderBy(p => p.Key.Partition)
                .Select(p => PartitionActivity.Of(p.Key, reached.TryGetValue(p.Key, out var at) ? at : null, p.Value)),
        ];
        return StreamActivity.None(stream.Address.ToString()) with
        {
            State = StreamState.NotRunning,
            Partitions = partitions,
            LastCommit = raw?.Timestamp,
            LagEvents = StreamActivity.LagOf(partitions),
        };
    }

    private StreamFolder Folder(DocumentAddress stream) => new(root.Storage, stream);
}

/// <summary>How far a publication of a stream has come.</summary>
/// <param name="Driver">The driver whose summary it is.</param>
/// <param name="Topic">The topic, or the event hub, it is sent to.</param>
/// <param name="Table">The table of the summary.</param>
/// <param name="Version">The last version of the table whose rows were sent; null if none was.</param>
/// <param name="WaitingVersions">How many versions came after it, and wait.</param>
/// <param name="PublishedAt">When its rows were sent; null if none were.</param>
public sealed record PublicationStatus(
    string Driver,
    string Topic,
    string Table,
    long? Version,
    long WaitingVersions,
    DateTimeOffset? PublishedAt
);

/// <summary>How far a phase of a stream has come.</summary>
/// <param name="Phase"><c>ingest</c>, <c>flatten</c>, or <c>summarise</c> and the driver.</param>
/// <param name="Table">The table that tells it.</param>
/// <param name="LagEvents">By how many offsets it is behind the raw table; null for the raw table itself.</param>
/// <param name="LastCommit">When it was written last; null if it never was.</param>
public sealed record PhaseStatus(string Phase, string Table, long? LagEvents, DateTimeOffset? LastCommit);
