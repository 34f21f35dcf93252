using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

public sealed class AzureBlobStorageTests : LakeStorageCompliance, IDisposable
{
    private readonly TestContainer _container = new();
    private readonly SetTime _time = new();

    protected override ILakeStorage Storage => field ??= _container.Open("some/root");

    public void Dispose() => _container.Dispose();

    [Fact]
    public void A_prepared_file_is_not_seen_and_is_there_whole_when_it_is_published()
    {
        var storage = _container.Open(options: new() { PartSize = 1000 });
        storage.WriteIfAbsent("a/old", Bytes("before"));
        var content = new byte[12_345];
        new Random(1).NextBytes(content);
        var prepared = storage.Prepare([(Local(content), "a/old"), (Local(content), "a/new"), (Local([]), "a/empty")]);
        Assert.Equal(["a/old"], storage.List("a").Select(file => file.Path));
        Assert.Equal(Bytes("before"), storage.Read("a/old"));

        Assert.All(prepared, file => Assert.True(storage.TryPublish(file)));
        Assert.Equal(["a/empty", "a/new", "a/old"], storage.List("a").Select(file => file.Path));
        Assert.Equal(content, storage.Read("a/old"));
        Assert.Equal(content, storage.Read("a/new"));
        Assert.Equal(0, storage.Find("a/empty")!.Size);
    }

    [Fact]
    public void A_prepared_file_can_be_published_again_until_something_else_is_in_its_place()
    {
        var storage = _container.Open();
        var first = Assert.Single(storage.Prepare([(Local(Bytes("first")), "x")]));
        Assert.True(storage.TryPublish(first));
        var second = Assert.Single(storage.Prepare([(Local(Bytes("second")), "x")]));
        Assert.True(storage.TryPublish(first));
        // The storage forgets all other parts of a file when it gets new content.
        Assert.False(storage.TryPublish(second));

        Assert.True(storage.TryPublish(Assert.Single(storage.Prepare([(Local(Bytes("third")), "x")]))));
        Assert.False(storage.TryPublish(first));
        Assert.Equal(Bytes("third"), storage.Read("x"));
        storage.Delete("x");
        Assert.False(storage.TryPublish(first));
    }

    [Fact]
    public void A_lock_is_renewed_as_long_as_it_is_held()
    {
        using var held = Take();
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            Assert.True(held.IsHeld);
        }
    }

    [Fact]
    public void A_lock_that_cannot_be_renewed_for_a_minute_is_not_held()
    {
        using var transport = new FaultyTransport();
        using var held = Take(transport);
        transport.Before = _ => throw new HttpRequestException("cut off");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(held.IsHeld);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(held.IsHeld);
        transport.Before = _ => { };
    }

    [Fact]
    public void A_lock_that_went_to_somebody_else_is_known_as_lost_at_its_next_renewal()
    {
        using var held = Take();
        _container.Client.GetBlobClient("lock").GetBlobLeaseClient().Break(TimeSpan.Zero);
        using var others = _container.Open().TryLock("lock");
        Assert.NotNull(others);
        _time.Advance(TimeSpan.FromSeconds(15));

        Assert.False(held.IsHeld);
        held.Dispose();
        Assert.Null(_container.Open().TryLock("lock"));
    }

    private StorageLock Take(FaultyTransport? transport = null)
    {
        var options = new AzureStorageOptions
        {
            Time = _time,
            Retries = 0,
            Transport = transport,
        };
        return _container.Open(options: options).TryLock("lock")!;
    }

    private string Local(byte[] content)
    {
        var file = Path.Combine(_container.CacheFolder, $"{Guid.NewGuid():N}");
        File.WriteAllBytes(file, content);
        return file;
    }
}
