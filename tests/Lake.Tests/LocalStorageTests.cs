using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Tests;

public sealed class LocalStorageTests : LakeStorageCompliance, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("storage-").FullName;

    protected override ILakeStorage Storage => new LocalStorage(_root);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Nothing_is_left_aside_whoever_wins()
    {
        Storage.WriteIfAbsent("x", Bytes("1"));
        Storage.WriteIfAbsent("x", Bytes("2"));

        Assert.Equal(["x"], Directory.GetFiles(_root).Select(Path.GetFileName));
    }

    [Fact]
    public void A_root_need_not_be_there_and_may_end_in_a_separator()
    {
        var storage = new LocalStorage($"{_root}/deep/down/");

        Assert.Empty(storage.List(""));
        Assert.True(storage.WriteIfAbsent("x", Bytes("1")));
        Assert.Equal(new LocalStorage($"{_root}/deep/down").Locate("x"), storage.Locate("x"));
        Assert.Throws<ArgumentException>(() => storage.Locate("../down-under/x"));
    }
}
