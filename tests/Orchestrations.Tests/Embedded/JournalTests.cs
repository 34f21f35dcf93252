using System.Text;
using Microsoft.Win32.SafeHandles;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;

namespace ServerlessHub.Orchestrations.Tests.Embedded;

public sealed class JournalTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    private static DurableTasks Counter =>
        new DurableTasks().AddOrchestrator<object?, int>(
            "count",
            async (context, _) =>
            {
                var sum = 0;
                while (await context.ExternalEvent<int>("n") is not 0 and var n)
                    sum += n;
                return sum;
            }
        );

    /// <summary>A counter that was given 1 to 5, one flush each.</summary>
    private async Task Count()
    {
        var runtime = _store.Open(Counter);
        await runtime.Start("count", "i", null);
        for (var n = 1; n <= 5; n++)
            Assert.True(await runtime.RaiseEvent("i", "n", n));
        await _store.Close();
    }

    private static async Task<int> End(TestStore store)
    {
        var runtime = store.Open(Counter);
        Assert.True(await runtime.RaiseEvent("i", "n", 0));
        return (await runtime.WaitForEnd("i")).Output!.Value.GetInt32();
    }

    [Fact]
    public void A_beginning_that_says_no_version_is_of_the_first_one()
    {
        var now = DateTimeOffset.UnixEpoch;
        var turn = new Turn(now, [new Started("main", 7, now, null, "5"u8.ToArray())], [], HasRun: true, CustomStatus: null);
        var bytes = new RecordWriter().Turn("i", 0, default, turn).ToArray();
        Assert.Equal(7, Begun(bytes).Version);
        var name = bytes.AsSpan().IndexOf("main"u8);
        bytes[name - 2] = (byte)EventKind.StartedFirst;
        var started = Begun([.. bytes[..(name + 4)], .. bytes[(name + 5)..]]);
        Assert.Equal(("main", 1, "5"), (started.Orchestrator, started.Version, Encoding.UTF8.GetString(started.Input.Span)));

        static Started Begun(byte[] record) => (Started)new RecordReader(record).Turns()[0].Events[0];
    }

    [Fact]
    public async Task A_tail_that_is_torn_at_any_byte_of_the_last_record_is_cut_before_it()
    {
        await Count();
        var bytes = await File.ReadAllBytesAsync(_store.Segments.Single());
        var last = Records(bytes)[^1];
        for (var cut = last; cut <= bytes.Length; cut++)
        {
            using var torn = _store.Copy();
            await File.WriteAllBytesAsync(torn.Segments.Single(), bytes[..cut]);
            Assert.Equal(cut == bytes.Length ? 15 : 10, await End(torn));
        }
    }

    [Fact]
    public async Task A_last_record_with_any_byte_that_was_not_written_is_cut()
    {
        await Count();
        var bytes = await File.ReadAllBytesAsync(_store.Segments.Single());
        for (var at = Records(bytes)[^1]; at < bytes.Length; at++)
        {
            using var torn = _store.Copy();
            var changed = bytes.ToArray();
            changed[at] ^= 0x55;
            await File.WriteAllBytesAsync(torn.Segments.Single(), changed);
            Assert.Equal(10, await End(torn));
        }
    }

    [Fact]
    public async Task Damage_before_the_end_is_an_error_that_names_file_and_offset_and_changes_nothing()
    {
        await Count();
        var file = _store.Segments.Single();
        var bytes = await File.ReadAllBytesAsync(file);
        // What follows a record was written after its flush, but for the last one.
        foreach (var record in Records(bytes)[..^1])
        {
            var changed = bytes.ToArray();
            changed[record + JournalFormat.RecordHeader] ^= 1;
            await File.WriteAllBytesAsync(file, changed);
            var error = Assert.Throws<InvalidDataException>(() => _store.Open(Counter));
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            Assert.Contains($"offset {record}", error.Message, StringComparison.Ordinal);
            Assert.Equal(changed, await File.ReadAllBytesAsync(file));
        }
    }

    [Fact]
    public async Task A_segment_that_is_missing_is_an_error_that_names_it()
    {
        var runtime = _store.Open(Counter, new() { SegmentSize = 64 });
        await runtime.Start("count", "i", null);
        for (var n = 1; n <= 5; n++)
            await runtime.RaiseEvent("i", "n", n);
        await _store.Close();
        var segments = _store.Segments;
        Assert.True(segments.Count > 3);
        File.Delete(segments[1]);
        Assert.Contains(segments[1], Assert.Throws<InvalidDataException>(() => _store.Open(Counter)).Message, StringComparison.Ordinal);
        File.Delete(segments[0]);
        var error = Assert.Throws<InvalidDataException>(() => _store.Open(Counter));
        Assert.Contains("'i'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_whose_making_was_cut_short_is_made_again()
    {
        await Count();
        await File.WriteAllBytesAsync(Path.Combine(_store.Folder, JournalFormat.FileName(2)), new byte[7]);
        Assert.Equal(15, await End(_store));
    }

    [Fact]
    public async Task When_the_disk_is_full_nothing_is_accepted_and_when_there_is_room_all_that_was_goes_on()
    {
        var disk = new FullDisk(_store.Folder);
        await using var runtime = new EmbeddedRuntime(Counter, disk, new(), TimeProvider.System);
        runtime.Start();
        await runtime.Start("count", "i", null);
        Assert.True(await runtime.RaiseEvent("i", "n", 1));
        disk.IsFull = true;
        var pending = runtime.RaiseEvent("i", "n", 2);
        await disk.Refused.WaitAsync();
        await disk.Refused.WaitAsync();
        Assert.False(pending.IsCompleted);
        Assert.NotNull(runtime.Failure);
        var error = await Assert.ThrowsAsync<IOException>(() => runtime.RaiseEvent("i", "n", 3));
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        disk.IsFull = false;
        Assert.True(await pending);
        Assert.True(await runtime.RaiseEvent("i", "n", 0));
        Assert.Equal(3, (await runtime.WaitForEnd("i")).Output!.Value.GetInt32());
        Assert.Null(runtime.Failure);
    }

    [Fact]
    public async Task A_second_process_is_told_who_has_the_store()
    {
        _store.Open(Counter);
        await using var second = new EmbeddedRuntime(Counter, _store.Folder);
        var error = Assert.Throws<IOException>(second.Start);
        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", error.Message, StringComparison.Ordinal);
        await _store.Close();
        _store.Open(Counter);
    }

    private static List<int> Records(byte[] segment)
    {
        var records = new List<int>();
        for (var at = JournalFormat.SegmentHeader; at < segment.Length; )
        {
            records.Add(at);
            at += JournalFormat.RecordHeader + JournalFormat.Length(segment.AsSpan(at));
        }
        return records;
    }

    /// <summary>A disk that writes half of what it is given and refuses the rest, as long as it is full.</summary>
    private sealed class FullDisk(string folder) : JournalDisk(folder)
    {
        public volatile bool IsFull;

        public SemaphoreSlim Refused { get; } = new(0);

        public override void Write(SafeFileHandle segment, ReadOnlySpan<byte> bytes, long offset)
        {
            if (!IsFull)
            {
                base.Write(segment, bytes, offset);
                return;
            }
            base.Write(segment, bytes[..(bytes.Length / 2)], offset);
            Refused.Release();
            throw new IOException("No space left on device");
        }
    }
}
