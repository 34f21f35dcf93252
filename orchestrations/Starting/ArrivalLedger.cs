using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Documents;
using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>
/// Which files a trigger has taken: a log of entries that are only ever added, by whoever is first, and now and then one file with all of them, in
/// which a file is twenty bytes. This remembers what it has read.
/// </summary>
/// <param name="storage">The hub root's.</param>
/// <param name="folder">The trigger's folder.</param>
internal sealed class ArrivalLedger(ILakeStorage storage, string folder)
{
    /// <summary>After how many entries they are put into one file.</summary>
    public const int CheckpointAfter = 50;

    /// <summary>How many entries are kept for people to look at.</summary>
    private const int EntriesKept = 1_000;

    /// <summary>How long a file is known that is not there any more.</summary>
    private const int DaysKnown = 30;

    private const int Record = 20;
    private readonly Dictionary<UInt128, int> taken = [];
    private readonly StateDocument<ArrivalState> state = new(storage, $"{folder}/state.json");

    /// <summary>The last entry that there is.</summary>
    public long Last { get; private set; }

    /// <summary>How far the trigger is.</summary>
    public StateDocument<ArrivalState> State => state;

    /// <summary>Reads what others have added.</summary>
    public void Refresh(ArrivalState now)
    {
        if (now.Checkpoint > Last)
            Load(now.Checkpoint);
        while (Read(Last + 1) is { } entry)
            Add(entry);
    }

    /// <summary>An entry; null if there is none of the number.</summary>
    public ArrivalEntry? Read(long number) =>
        storage.Read(EntryOf(number)) is { } json ? JsonSerializer.Deserialize<ArrivalEntry>(json, DurableJson.Options) : null;

    /// <summary>Adds the next entry.</summary>
    /// <returns>False if somebody else was first; nothing is added then.</returns>
    public bool TryAdd(ArrivalEntry entry)
    {
        if (!storage.WriteIfAbsent(EntryOf(entry.Number), JsonSerializer.SerializeToUtf8Bytes(entry, DurableJson.Options)))
            return false;
        Add(entry);
        return true;
    }

    /// <summary>Whether a file was taken, or passed over, as it is.</summary>
    public bool Knows(string name, string tag) => taken.ContainsKey(Digest(name, tag));

    /// <summary>Puts all entries until now into one file, and forgets what has long been gone.</summary>
    /// <param name="there">The files that are there.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Ends it.</param>
    public async Task Checkpoint(IEnumerable<ArrivedFile> there, DateTimeOffset now, CancellationToken ct)
    {
        var present = there.Select(file => Digest(file.Name, file.Tag)).ToHashSet();
        foreach (var old in taken.Where(t => t.Value < Day(now) - DaysKnown && !present.Contains(t.Key)).Select(t => t.Key).ToArray())
            taken.Remove(old);
        var content = new byte[taken.Count * Record];
        var at = 0;
        foreach (var (digest, day) in taken)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(content.AsSpan(at), digest);
            BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(at + 16), day);
            at += Record;
        }
        // If it is there, somebody else has made it of the same entries.
        storage.WriteIfAbsent(CheckpointOf(Last), content);
        var before = 0L;
        await state.Update(
            s =>
            {
                before = s!.Checkpoint;
                return s.Checkpoint < Last ? s with { Checkpoint = Last } : s;
            },
            ct
        );
        if (before > 0 && before < Last)
            storage.Delete(CheckpointOf(before));
        foreach (
            var entry in storage.List($"{folder}/log").TakeWhile(file => string.CompareOrdinal(file.Path, EntryOf(Last - EntriesKept)) < 0)
        )
            storage.Delete(entry.Path);
    }

    private void Load(long number)
    {
        if (storage.Read(CheckpointOf(number)) is not { } content)
            throw new StorageException(
                $"{CheckpointOf(number)} is missing, which says which files were taken; restore it",
                isTransient: true
            );
        taken.Clear();
        for (var at = 0; at + Record <= content.Length; at += Record)
            taken[BinaryPrimitives.ReadUInt128LittleEndian(content.AsSpan(at))] = BinaryPrimitives.ReadInt32LittleEndian(
                content.AsSpan(at + 16)
            );
        Last = number;
    }

    private void Add(ArrivalEntry entry)
    {
        foreach (var file in entry.Starts.SelectMany(start => start.Files).Concat(entry.PassedOver))
            taken[Digest(file.Name, file.Tag)] = Day(entry.At);
        Last = entry.Number;
    }

    private string EntryOf(long number) => $"{folder}/log/{Math.Max(0, number):D12}.json";

    private string CheckpointOf(long number) => $"{folder}/taken/{number:D12}.bin";

    private static int Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime).DayNumber;

    private static UInt128 Digest(string name, string tag) =>
        BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\0{tag}")));
}
