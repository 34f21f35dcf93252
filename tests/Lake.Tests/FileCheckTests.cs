namespace ServerlessHub.Lake.Tests;

/// <summary>What a version needs and what is there are compared, file by file.</summary>
public sealed class FileCheckTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose()
    {
        _lake.IsDamaged = true;
        _lake.Dispose();
    }

    [Fact]
    public void Files_of_data_and_of_deletion_vectors_that_are_gone_or_cut_short_are_found()
    {
        _lake.Write(
            "SELECT range AS id FROM range(1000)",
            _lake.Options() with
            {
                Properties = new Dictionary<string, string?> { ["delta.enableDeletionVectors"] = "true" },
            }
        );
        _lake.Write("SELECT 5000 AS id");
        _lake.Delete("id = 7");
        var snapshot = _lake.Table().TryRead()!;
        Assert.Empty(snapshot.CheckFiles());

        var vector = Assert.Single(Directory.GetFiles(_lake.File("t"), "deletion_vector_*"));
        File.Delete(vector);
        var (first, second) = (snapshot.Files[0], snapshot.Files[1]);
        File.Delete(_lake.File($"t/{first.Path}"));
        File.WriteAllText(_lake.File($"t/{second.Path}"), "short");

        Assert.Equal(
            [
                new FileProblem(first.Path, "is gone"),
                new FileProblem(second.Path, $"has 5 bytes, where the log says {second.Size}"),
                new FileProblem(Path.GetFileName(vector), "is gone"),
            ],
            snapshot.CheckFiles()
        );
    }
}
