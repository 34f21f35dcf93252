using System.Diagnostics;
using System.Globalization;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Tests;

/// <summary>This program, started by a test as a reader in a process of its own, with a cache that holds less than it reads.</summary>
internal static class ReaderProcess
{
    public const string Name = "read";
    private const int Rounds = 150;

    /// <summary>Fetches files in pairs, in an order of chance, and looks that they are whole while it has them.</summary>
    public static int Run(string[] args)
    {
        var (files, size, random) = (Number(args[2]), Number(args[3]), new Random(Number(args[4])));
        var storage = new AzureBlobStorage(AzurePlace.Parse(args[1]), FileCache.OfUser());
        for (var i = 0; i < Rounds; i++)
        {
            StoredFile[] wanted = [File(random.Next(files)), File(random.Next(files))];
            using var fetched = storage.Fetch(wanted);
            foreach (var path in fetched.Paths)
                if (System.IO.File.ReadAllBytes(path).Length != size)
                    throw new InvalidOperationException($"{path} is not whole");
        }
        return 0;

        StoredFile File(int number) => new($"{number}", size, default);
    }

    public static Process Start(string root, int files, int size, int seed, string cache)
    {
        string[] arguments = [typeof(ReaderProcess).Assembly.Location, Name, root, $"{files}", $"{size}", $"{seed}"];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HUB_CACHE"] = cache;
        start.Environment["HUB_CACHE_BYTES"] = $"{2 * size}";
        return Process.Start(start)!;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
