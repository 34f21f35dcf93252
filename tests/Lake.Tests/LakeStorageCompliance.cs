using System.Text;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Tests;

/// <summary>What every storage must do; each one's tests inherit these.</summary>
public abstract class LakeStorageCompliance
{
    protected abstract ILakeStorage Storage { get; }

    [Fact]
    public void A_file_appears_with_its_content_and_is_not_written_over()
    {
        Assert.True(Storage.WriteIfAbsent("a/b/c.json", Bytes("first")));
        Assert.False(Storage.WriteIfAbsent("a/b/c.json", Bytes("second")));

        Assert.Equal("first", Text("a/b/c.json"));
    }

    [Fact]
    public void Of_many_writers_of_one_file_exactly_one_wins()
    {
        for (var round = 0; round < 400; round++)
        {
            var path = $"race/{round}.json";
            var results = Parallelly(8, writer => Storage.WriteIfAbsent(path, Bytes($"{writer}")));

            var winner = Assert.Single(Enumerable.Range(0, 8), writer => results[writer]);
            Assert.Equal($"{winner}", Text(path));
        }
        Assert.Equal(400, Storage.List("race").Count);
    }

    [Fact]
    public void A_listing_is_in_ordinal_order_from_where_it_is_asked_and_has_files_only()
    {
        foreach (var name in new[] { "b", "a", "B", "a.json", "ä", "sub/x" })
            Storage.WriteIfAbsent($"list/{name}", Bytes(name));

        Assert.Equal(["list/B", "list/a", "list/a.json", "list/b", "list/ä"], Storage.List("list").Select(file => file.Path));
        Assert.Equal(["a.json", "b", "ä"], Storage.List("list", "a.").Select(file => file.Name));
        Assert.Equal(["list/sub"], Storage.Folders("list"));
        Assert.Equal((true, true, false), (Storage.HasFolder("list"), Storage.HasFolder("list/sub"), Storage.HasFolder("lis")));
        Assert.Equal(6, Storage.List("list").Single(file => file.Name == "a.json").Size);
    }

    [Fact]
    public void Files_at_any_depth_are_listed_in_ordinal_order()
    {
        foreach (var name in new[] { "b", "a/y", "a/x/deep", "a.json" })
            Storage.WriteIfAbsent($"tree/{name}", Bytes(name));
        Storage.WriteIfAbsent("treetop", Bytes("x"));

        Assert.Equal(["tree/a.json", "tree/a/x/deep", "tree/a/y", "tree/b"], Storage.ListBelow("tree").Select(file => file.Path));
        Assert.Empty(Storage.ListBelow("nowhere"));
    }

    [Fact]
    public void A_lock_is_had_by_one_until_it_is_given_back()
    {
        using (var first = Storage.TryLock("locks/a"))
        {
            Assert.True(first!.IsHeld);
            Assert.Null(Storage.TryLock("locks/a"));
            Storage.TryLock("locks/b")!.Dispose();
        }
        Storage.TryLock("locks/a")!.Dispose();
    }

    [Fact]
    public void What_is_not_there_is_empty_or_null_and_can_be_deleted()
    {
        Assert.Empty(Storage.List("nowhere"));
        Assert.Empty(Storage.Folders("nowhere"));
        Assert.Null(Storage.Find("nowhere/x"));
        Assert.Null(Storage.Read("nowhere/x"));
        Assert.Null(Storage.Read("nowhere/x", 0, 1));
        Storage.Delete("nowhere/x");
    }

    [Theory]
    [InlineData(0, 3, "abc")]
    [InlineData(2, 2, "cd")]
    [InlineData(4, 9, "ef")]
    [InlineData(6, 1, "")]
    [InlineData(99, 1, "")]
    public void A_part_of_a_file_is_read_as_far_as_the_file_goes(long offset, int length, string expected)
    {
        Storage.WriteIfAbsent("x", Bytes("abcdef"));

        Assert.Equal(Bytes(expected), Storage.Read("x", offset, length));
    }

    [Fact]
    public void A_file_is_replaced_whole()
    {
        var local = Path.GetTempFileName();
        File.WriteAllText(local, "new");
        Storage.WriteIfAbsent("hint", Bytes("old"));
        Storage.Replace("hint", local);
        Storage.Replace("other/hint", local);
        File.Delete(local);

        Assert.Equal(("new", "new"), (Text("hint"), Text("other/hint")));
    }

    [Fact]
    public void A_file_is_replaced_only_by_who_knows_what_is_there()
    {
        var first = Storage.TryReplace("state", Bytes("first"), null);
        Assert.Equal("first", Text("state"));
        Assert.Null(Storage.TryReplace("state", Bytes("other"), null));

        var second = Storage.TryReplace("state", Bytes("the second"), first);
        Assert.Null(Storage.TryReplace("state", Bytes("too late"), first));
        Assert.Equal(("the second", Storage.Find("state")), (Text("state"), second));

        Assert.NotNull(Storage.TryReplace("state", Bytes("third"), Storage.Find("state")));
        Storage.Delete("state");
        Assert.Null(Storage.TryReplace("state", Bytes("late"), second));
        Assert.Null(Storage.Find("state"));
    }

    [Fact]
    public void A_file_is_deleted_only_by_who_knows_what_is_there()
    {
        var first = Storage.TryReplace("state", Bytes("first"), null)!;
        var second = Storage.TryReplace("state", Bytes("the second"), first)!;
        Storage.Delete(first);
        Assert.Equal("the second", Text("state"));

        Storage.Delete(second);
        Assert.Empty(Storage.ListBelow(""));
        Storage.Delete(second);
    }

    [Fact]
    public void A_deleted_file_is_gone()
    {
        Storage.WriteIfAbsent("x", Bytes("x"));
        Storage.Delete("x");

        Assert.Null(Storage.Find("x"));
        Assert.True(Storage.WriteIfAbsent("x", Bytes("y")));
    }

    [Fact]
    public void A_folder_is_deleted_only_when_it_is_empty_and_has_been_for_long_enough()
    {
        var (before, after) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        Storage.WriteIfAbsent("folder/inner/x", Bytes("x"));
        Assert.False(Storage.DeleteFolder("folder/inner", after));
        Assert.Equal("x", Text("folder/inner/x"));

        Storage.Delete("folder/inner/x");
        // A storage whose folders are only parts of names has none any more.
        var folders = Storage.Folders("folder");
        Assert.False(Storage.DeleteFolder("folder/inner", before));
        Assert.Equal(folders, Storage.Folders("folder"));

        Assert.Equal(folders.Count == 1, Storage.DeleteFolder("folder/inner", after));
        Assert.Empty(Storage.Folders("folder"));
        Assert.False(Storage.DeleteFolder("folder/inner", after));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    public void A_path_that_leaves_the_root_is_refused(string path)
    {
        Assert.Throws<ArgumentException>(() => Storage.Read(path));
        Assert.Throws<ArgumentException>(() => Storage.WriteIfAbsent(path, Bytes("x")));
        Assert.Throws<ArgumentException>(() => Storage.DeleteFolder(path, DateTimeOffset.MaxValue));
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private string Text(string path) => Encoding.UTF8.GetString(Storage.Read(path)!);

    private static T[] Parallelly<T>(int count, Func<int, T> work)
    {
        using var start = new Barrier(count);
        var results = new T[count];
        var threads = Enumerable
            .Range(0, count)
            .Select(index => new Thread(() =>
            {
                start.SignalAndWait();
                results[index] = work(index);
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return results;
    }
}
