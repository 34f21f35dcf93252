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

    [Fact]
    public void Whoever_deletes_what_is_known_does_not_delete_what_is_written_meanwhile()
    {
        const int Writes = 10;
        for (var round = 0; round < 200; round++)
        {
            var files = Enumerable.Range(1, Writes).Select(size => Path.Combine(_root, $"{size}")).ToList();
            foreach (var (size, file) in files.Index())
                File.WriteAllBytes(file, new byte[size + 1]);
            StoredFile? deleted = null;
            var isWritten = false;
            Parallel.Invoke(
                () =>
                {
                    foreach (var file in files)
                        File.Move(file, Path.Combine(_root, "state"), overwrite: true);
                    Volatile.Write(ref isWritten, true);
                },
                () =>
                {
                    while (!Volatile.Read(ref isWritten))
                        if (Storage.Find("state") is { } known)
                            Storage.Delete(deleted = known);
                }
            );
            Assert.Equal(Writes, (Storage.Find("state") ?? deleted)!.Size);
            Storage.Delete("state");
        }
    }
}
