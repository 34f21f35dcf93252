using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Tests;

public sealed class FileMirrorTests : IDisposable
{
    private readonly TestContainer _container = new();

    public void Dispose() => _container.Dispose();

    [Fact]
    public void It_shows_what_is_wanted_as_it_is_when_it_is_asked_for()
    {
        foreach (var path in new[] { "in/a.csv", "in/deep/b.csv", "in/c.txt", "other/d.csv" })
            Upload(path, path);
        var mirror = new FileMirror(_container.Open());
        mirror.Show("in", path => path.EndsWith(".csv", StringComparison.Ordinal));
        Assert.Equal(["in/a.csv", "in/deep/b.csv"], Shown(mirror));

        Upload("in/a.csv", "changed");
        _container.Client.DeleteBlob("in/deep/b.csv");
        mirror.Show("other", _ => true);
        Assert.Equal("in/a.csv", File.ReadAllText(Path.Combine(mirror.Folder, "in/a.csv")));
        mirror.Show("in", path => path.EndsWith(".csv", StringComparison.Ordinal));

        Assert.Equal(["in/a.csv", "other/d.csv"], Shown(mirror));
        Assert.Equal("changed", File.ReadAllText(Path.Combine(mirror.Folder, "in/a.csv")));
    }

    [Fact]
    public void One_file_can_be_asked_for_by_its_name()
    {
        Upload("in/a.csv", "a");
        var mirror = new FileMirror(_container.Open());
        mirror.Show("in/a.csv", _ => true);
        mirror.Show("in/nothing.csv", _ => true);

        Assert.Equal(["in/a.csv"], Shown(mirror));
        Assert.Equal(
            _container.Client.GetBlobClient("in/a.csv").GetProperties().Value.LastModified.UtcDateTime,
            File.GetLastWriteTimeUtc(Path.Combine(mirror.Folder, "in/a.csv"))
        );
    }

    [Fact]
    public void What_is_shown_stays_when_the_cache_makes_room()
    {
        var storage = _container.Open(capacity: 10);
        Upload("in/a.csv", "0123456789");
        Upload("in/b.csv", "9876543210");
        var mirror = new FileMirror(storage);
        mirror.Show("in/a.csv", _ => true);
        mirror.Show("in/b.csv", _ => true);

        Assert.Equal("0123456789", File.ReadAllText(Path.Combine(mirror.Folder, "in/a.csv")));
    }

    private void Upload(string path, string content) =>
        _container.Client.GetBlobClient(path).Upload(BinaryData.FromString(content), overwrite: true);

    private static string[] Shown(FileMirror mirror) =>
        [
            .. Directory
                .GetFiles(mirror.Folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(mirror.Folder, file))
                .Order(StringComparer.Ordinal),
        ];
}
