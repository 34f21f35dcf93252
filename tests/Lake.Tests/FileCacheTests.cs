using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Tests;

public sealed class FileCacheTests : IDisposable
{
    private const int Size = 100_000;

    private readonly TestContainer _container = new();

    public void Dispose() => _container.Dispose();

    [Fact]
    public void What_was_not_used_for_longest_goes_when_room_is_needed()
    {
        var storage = _container.Open(capacity: 3 * Size);
        var files = Upload(4);
        var first = Fetch(storage, files[0]);
        var second = Fetch(storage, files[1]);
        Fetch(storage, files[2]);
        File.SetLastAccessTimeUtc(first, DateTime.UtcNow.AddHours(-2));
        File.SetLastAccessTimeUtc(second, DateTime.UtcNow.AddHours(-1));
        Fetch(storage, files[0]);
        Fetch(storage, files[3]);

        Assert.Equal((true, false), (File.Exists(first), File.Exists(second)));
        Assert.Equal(3 * Size, BytesInCache());
    }

    [Fact]
    public void Only_files_that_are_pinned_may_be_more_than_the_cache_holds()
    {
        var storage = _container.Open(capacity: Size);
        var files = Upload(5);
        using (var pinned = storage.Fetch([.. files.Take(3)]))
        {
            Fetch(storage, files[3]);
            Assert.All(pinned.Paths, path => Assert.Equal(Size, new FileInfo(path).Length));
            Assert.InRange(BytesInCache(), 3 * Size, 4 * Size);
        }
        Assert.Equal(Size, BytesInCache());
        Fetch(storage, files[4]);
        Assert.Equal(Size, BytesInCache());
    }

    [Fact]
    public void A_file_that_was_torn_is_fetched_again()
    {
        var storage = _container.Open();
        var file = Upload(1)[0];
        var path = Fetch(storage, file);
        File.WriteAllText(path, "torn");

        Assert.Equal(Size, new FileInfo(Fetch(storage, file)).Length);
    }

    [Fact]
    public void A_file_that_is_written_again_is_fetched_again_and_its_old_content_can_still_be_read()
    {
        var storage = _container.Open();
        storage.WriteIfAbsent("x", "old"u8.ToArray());
        using var before = storage.Fetch([storage.Find("x")!]);
        _container.Client.GetBlobClient("x").Upload(BinaryData.FromString("new"), overwrite: true);
        using var after = storage.Fetch(storage.List("."));

        Assert.Equal(("old", "new"), (File.ReadAllText(before.Paths[0]), File.ReadAllText(after.Paths[0])));
    }

    [Fact]
    public void A_file_that_changes_between_its_listing_and_its_fetching_is_said_to_have()
    {
        var storage = _container.Open();
        storage.WriteIfAbsent("x", "old"u8.ToArray());
        var listed = storage.Find("x")!;
        _container.Client.GetBlobClient("x").Upload(BinaryData.FromString("new"), overwrite: true);

        Assert.True(Assert.Throws<StorageException>(() => storage.Fetch([listed])).IsTransient);
    }

    [Fact]
    public void What_a_dead_process_left_of_a_transfer_goes()
    {
        var storage = _container.Open();
        var file = Upload(1)[0];
        var left = Path.Combine(Directory.CreateDirectory(Path.Combine(_container.CacheFolder, "partial")).FullName, "left");
        File.WriteAllText(left, "half");
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddDays(-1));
        Fetch(storage, file);

        Assert.False(File.Exists(left));
    }

    [Fact]
    public void What_a_dead_process_left_staged_goes_and_a_living_ones_stays()
    {
        var staging = Directory.CreateDirectory(Path.Combine(_container.CacheFolder, "staging")).FullName;
        Directory.CreateDirectory(Path.Combine(staging, "dead", "t"));
        Directory.CreateDirectory(Path.Combine(staging, "living"));
        using var living = new FileStream(Path.Combine(staging, "living.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var own = _container.Open().Stage("t");

        Assert.Equal(
            (false, true, true),
            (Directory.Exists(Path.Combine(staging, "dead")), Directory.Exists(Path.Combine(staging, "living")), Directory.Exists(own))
        );
    }

    [Fact]
    public void Many_that_fetch_and_make_room_at_once_each_have_their_files_whole()
    {
        var files = Upload(6);
        Parallel.For(
            0,
            60,
            new ParallelOptions { MaxDegreeOfParallelism = 6 },
            i =>
            {
                using var fetched = _container.Open(capacity: 2 * Size).Fetch([files[i % 6], files[(i + 1) % 6]]);
                Assert.All(fetched.Paths, path => Assert.Equal(Size, File.ReadAllBytes(path).Length));
            }
        );
    }

    [Fact]
    public void Two_processes_that_evict_each_others_files_each_read_theirs_whole()
    {
        const int Files = 6;
        Upload(Files);
        var readers = Enumerable
            .Range(0, 2)
            .Select(seed => ReaderProcess.Start($"{_container.Place("f")}", Files, Size, seed, _container.CacheFolder))
            .ToList();
        readers.ForEach(ProcessTests.AssertEnds);

        Assert.InRange(BytesInCache(), 0, 4 * Size);
        Assert.Empty(Directory.GetFiles(Path.Combine(_container.CacheFolder, "partial")));
    }

    private StoredFile[] Upload(int count)
    {
        for (var i = 0; i < count; i++)
            _container.Client.UploadBlob($"f/{i}", BinaryData.FromBytes(new byte[Size]));
        return [.. Enumerable.Range(0, count).Select(i => new StoredFile($"f/{i}", Size, default))];
    }

    private static string Fetch(AzureBlobStorage storage, StoredFile file)
    {
        using var fetched = storage.Fetch([file]);
        return fetched.Paths[0];
    }

    private long BytesInCache() =>
        new DirectoryInfo(Path.Combine(_container.CacheFolder, "files"))
            .EnumerateFiles("*", SearchOption.AllDirectories)
            .Sum(f => f.Length);
}
