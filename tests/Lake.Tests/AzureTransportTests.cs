using System.Collections.Concurrent;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Storage.Sas;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

/// <summary>What becomes of a network, and an account, that fail.</summary>
public sealed class AzureTransportTests : IDisposable
{
    private readonly TestContainer _container = new();
    private readonly FaultyTransport _transport = new();

    public void Dispose()
    {
        _container.Dispose();
        _transport.Dispose();
    }

    private AzureStorageOptions Options =>
        new()
        {
            Transport = _transport,
            Retries = 3,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryDelay = TimeSpan.FromMilliseconds(2),
        };

    [Fact]
    public void A_file_that_was_created_though_the_answer_was_lost_is_known_as_created()
    {
        Once(request => request.Method == RequestMethod.Put, after: true);

        Assert.True(Open().WriteIfAbsent("x", "mine"u8.ToArray()));
        Assert.Equal("mine", Encoding.UTF8.GetString(Open().Read("x")!));
    }

    [Fact]
    public void A_file_that_was_created_though_no_attempt_was_answered_is_known_as_created()
    {
        _transport.After = request => Reset(request.Method == RequestMethod.Put);

        Assert.True(Open().WriteIfAbsent("x", "mine"u8.ToArray()));
    }

    [Fact]
    public void A_file_of_somebody_else_with_the_same_content_is_not_taken_for_ones_own()
    {
        Assert.True(Open().WriteIfAbsent("x", "same"u8.ToArray()));
        Once(request => request.Method == RequestMethod.Put, after: false);

        Assert.False(Open().WriteIfAbsent("x", "same"u8.ToArray()));
    }

    [Fact]
    public void A_table_is_written_over_a_network_that_loses_every_third_answer()
    {
        using var lake = new TestLake(_ => Open("lake"));
        var answers = 0;
        _transport.After = _ => Reset(++answers % 3 == 0);
        for (var i = 0; i < 12; i++)
            lake.Write($"SELECT {i} AS id");
        lake.Write("SELECT 0 AS id", lake.Merge("id"));

        Assert.Equal(12, lake.Rows().Length);
        Assert.Equal(12, lake.Table().TryRead()!.Version);
        _container.CopyTo(lake.Root);
    }

    [Fact]
    public void A_listing_from_a_name_on_has_nothing_before_it()
    {
        var storage = _container.Open("a root", options: Options);
        foreach (var name in new[] { "1", "2", "3" })
            Assert.True(storage.WriteIfAbsent($"log/{name}", default));
        var asked = "";
        _transport.Before = request => asked = Uri.UnescapeDataString(request.Uri.Query);

        Assert.Equal(["2", "3"], storage.List("log", "2").Select(file => file.Name));
#if HUB_FULL
        Assert.Contains("startFrom=a root/log/2", asked, StringComparison.Ordinal);
#endif
    }

    [Fact]
    public void A_large_upload_that_loses_answers_is_whole()
    {
        var storage = new AzureBlobStorage(
            _container.Place(),
            new FileCache(_container.CacheFolder, 1L << 30),
            Options with
            {
                PartSize = 64 << 10,
            }
        );
        var content = new byte[1_000_000];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(Path.Combine(storage.Stage("a"), "big"), content);
        var answered = new ConcurrentDictionary<string, bool>();
        _transport.After = request =>
            Reset(
                answered.TryAdd(
                    $"{request.Method} {request.Uri} {(request.Headers.TryGetValue("x-ms-range", out var range) ? range : "")}",
                    true
                )
            );
        storage.Persist(["a/big"]);
        File.Delete(storage.Locate("a/big"));
        using var fetched = storage.Fetch([new("a/big", content.Length, default)]);

        Assert.Equal(content, File.ReadAllBytes(fetched.Paths[0]));
    }

    [Fact]
    public void A_large_file_goes_up_and_comes_down_in_parts_without_being_in_memory()
    {
        const long Large = 64 << 20;
        var options = Options with { PartSize = 1 << 20, ParallelParts = 2 };
        var storage = _container.Open(options: options);
        using (var stream = File.Create(Path.Combine(storage.Stage("big"), "file")))
            stream.SetLength(Large);
        var most = 0L;
        _transport.After = _ => most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        storage.Persist(["big/file"]);
        File.Delete(storage.Locate("big/file"));
        using var fetched = storage.Fetch([new("big/file", Large, default)]);

        Assert.Equal(Large, new FileInfo(fetched.Paths[0]).Length);
        Assert.InRange(most - before, 0, Large / 2);
    }

    [Fact]
    public void An_account_that_throttles_for_a_while_is_waited_for_and_one_that_goes_on_is_said_to()
    {
        var storage = Open();
        var throttled = 2;
        _transport.IsBusy = () => throttled-- > 0;
        Assert.True(storage.WriteIfAbsent("x", "1"u8.ToArray()));

        _transport.IsBusy = () => true;
        var error = Assert.Throws<StorageException>(() => storage.Read("x"));
        Assert.True(error.IsTransient);
        Assert.Contains("throttling", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_that_never_answers_is_given_up()
    {
        _transport.IsSilent = true;
        var storage = new AzureBlobStorage(
            _container.Place(),
            new FileCache(_container.CacheFolder, 0),
            Options with
            {
                Timeout = TimeSpan.FromMilliseconds(20),
            }
        );

        foreach (var call in new Action[] { () => storage.Read("x"), () => storage.WriteIfAbsent("x", default), () => storage.List(".") })
            Assert.True(Assert.Throws<StorageException>(call).IsTransient);
    }

    [Fact]
    public void An_account_that_nobody_listens_for_is_named()
    {
        var place = AzurePlace.Parse("http://127.0.0.1:1/nobody/container/path?sig=s3cret");
        var error = Assert.Throws<StorageException>(() =>
            new AzureBlobStorage(place, new FileCache(_container.CacheFolder, 0), Options).List(".")
        );

        Assert.True(error.IsTransient);
        Assert.Contains("127.0.0.1:1 does not answer", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_is_signed_in_where_others_could_read_it()
    {
        var place = AzurePlace.Parse("http://127.0.0.1:1/nobody/container/path");
        var error = Assert.Throws<UnauthorizedAccessException>(() =>
            new AzureBlobStorage(place, new FileCache(_container.CacheFolder, 0), Options)
        );
        Assert.Equal(
            "http://127.0.0.1:1/nobody/container is entered only with its connection string in AZURE_STORAGE_CONNECTION_STRING.",
            error.Message
        );
    }

    [Fact]
    public void A_container_that_is_not_there_is_named()
    {
        var place = AzurePlace.Parse($"{AzuriteServer.Shared.Endpoint}/no-such-container");
        var storage = new AzureBlobStorage(place, new FileCache(_container.CacheFolder, 0));

        foreach (
            var call in new Action[]
            {
                () => storage.Read("x"),
                () => storage.Find("x"),
                () => storage.WriteIfAbsent("x", default),
                () => storage.List("."),
            }
        )
            Assert.Contains("no container 'no-such-container'", Assert.Throws<StorageException>(call).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_opens_what_it_is_for_and_says_which_role_is_missing_for_the_rest()
    {
        Open().WriteIfAbsent("x", "1"u8.ToArray());
        var address = _container.Client.GenerateSasUri(BlobContainerSasPermissions.Read, DateTimeOffset.UtcNow.AddHours(1));
        var storage = new AzureBlobStorage(AzurePlace.Parse(address.ToString()), new FileCache(_container.CacheFolder, 0));
        Assert.NotNull(storage.Read("x"));

        var error = Assert.Throws<UnauthorizedAccessException>(() => storage.WriteIfAbsent("y", default));
        Assert.Contains("Storage Blob Data Contributor", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abfss://data@account.dfs.core.windows.net/a/b", "account.blob.core.windows.net", "data", "a/b")]
    [InlineData("abfss://data@account.dfs.core.windows.net", "account.blob.core.windows.net", "data", "")]
    [InlineData("https://account.blob.core.windows.net/data/a%20b/", "account.blob.core.windows.net", "data", "a b")]
    [InlineData("https://account.blob.core.windows.net/data?sv=1&sig=x", "account.blob.core.windows.net", "data", "")]
    [InlineData("http://127.0.0.1:10000/account/data/a", "127.0.0.1:10000", "data", "a")]
    public void An_address_names_an_account_a_container_and_a_path(string address, string host, string container, string path)
    {
        var place = AzurePlace.Parse(address);

        Assert.Equal((host, container, path), (place.Host, place.Container, place.Path));
        Assert.DoesNotContain("sig", place.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abfss://account.dfs.core.windows.net/a", "container@account")]
    [InlineData("https://account.blob.core.windows.net/?sig=s3cret", "names no container")]
    [InlineData("http://account.blob.core.windows.net/data", "write https")]
    [InlineData("ftp://account/data", "no address of a storage")]
    public void A_wrong_address_is_said_to_be_wrong_without_its_signature(string address, string problem)
    {
        var error = Assert.Throws<FormatException>(() => AzurePlace.Parse(address));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    private AzureBlobStorage Open(string path = "") => _container.Open(path, options: Options);

    private void Once(Func<Request, bool> which, bool after)
    {
        var done = false;
        void Fail(Request request)
        {
            if (done || !which(request))
                return;
            done = true;
            Reset(true);
        }
        if (after)
            _transport.After = Fail;
        else
            _transport.Before = Fail;
    }

    private static void Reset(bool now)
    {
        if (now)
            throw new RequestFailedException(0, "The connection was reset.");
    }
}
