using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Verification;

/// <summary>
/// Proves from logs and tables alone that a stream has lost and doubled nothing: offsets follow each other, and what goes into a phase comes out of
/// it. It may run beside the stream: each table is looked at as far as the phase after it has come.
/// </summary>
public static class StreamVerification
{
    /// <summary>Looks at all phases of a stream.</summary>
    /// <param name="root">The hub.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="options">What it may take of the machine; null for the defaults.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>What was looked at, in the order of the phases; empty where the stream has read nothing yet.</returns>
    /// <exception cref="Lake.LakeException">A table cannot be read.</exception>
    /// <exception cref="IOException">The hub's storage fails.</exception>
    public static IReadOnlyList<StreamCheck> Run(
        HubRoot root,
        StreamDefinition stream,
        StreamOptions? options = null,
        CancellationToken ct = default
    )
    {
        using var engine = new StreamEngine(root, stream, options ?? new(), TimeProvider.System);
        EventType.Register(engine.Connection);
        // What comes later is read first: so what came before has all that it is made of.
        var summaries = stream.Document.Drivers.ToDictionary(d => d.Id, d => engine.Table(stream.Table(d.Table)).TryRead(ct: ct));
        var late = stream.Document.Drivers.ToDictionary(d => d.Id, d => engine.Table(stream.LateTable(d.Table)).TryRead(ct: ct));
        var flat = stream.Document.Flatten is { } flatten ? engine.Table(stream.Table(flatten.Root)).TryRead(ct: ct) : null;
        if (engine.Table(stream.RawTable).TryRead(ct: ct) is not { } raw)
            return [];
        var dead = engine.Table(stream.DeadLetterTable).TryRead(ct: ct);
        var checks = new List<StreamCheck>();
        checks.AddRange(new IngestVerification(engine, raw, dead, SourceGap.Of(new StreamFolder(root.Storage, stream.Address))).Run(ct));
        if (flat is not null)
        {
            checks.AddRange(new FlattenVerification(engine, raw, dead, flat).Run(ct));
            foreach (var driver in stream.Document.Drivers)
                if (summaries[driver.Id] is { } summary)
                    checks.AddRange(new SummaryVerification(engine, driver, summary, late[driver.Id]).Run(ct));
        }
        return checks;
    }
}
