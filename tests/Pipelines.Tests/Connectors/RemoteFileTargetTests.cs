using Azure.Core;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Tests.Running;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Connectors;

/// <summary>Targets of files on a hub root that is an address in a storage account.</summary>
public sealed class RemoteFileTargetTests : IDisposable
{
    private const string Source = """<csv id="a" path="landing/*.csv"/>""";
    private const string NewFiles = """<csv id="a" path="landing/*.csv" incremental="files"/>""";

    private readonly RemoteHub hub = new();

    public RemoteFileTargetTests() => hub.Write("landing/0.csv", "id,name\n1,a\n2,b\n");

    public void Dispose() => hub.Dispose();

    [Fact]
    public void Each_format_is_written()
    {
        hub.Pipeline(
            Source,
            """
            <csv path="csv" compression="gzip"/><json path="all.json" singleFile="true"/><parquet path="parquet" partitionBy="name"/>
            <hive table="staging.t" format="parquet"/>
            """
        );
        var report = hub.Succeeds(runId: "r1");

        Assert.Equal(
            [
                "all.json",
                "csv/part-r1-csv1.csv.gz",
                "parquet/name=a/part-r1-parquet3-0.parquet",
                "parquet/name=b/part-r1-parquet3-0.parquet",
                "staging/t/part-r1-hive4.parquet",
            ],
            hub.Data()
        );
        Assert.Equal(["1a", "2b"], hub.Files("csv", "read_csv", "id || name"));
        Assert.Equal(["1a", "2b"], hub.Files("all.json", "read_json", "id || name"));
        Assert.Equal(["1a", "2b"], hub.Files("parquet", "read_parquet", "id || name"));
        Assert.Equal(["1a", "2b"], hub.Files("staging/t", "read_parquet", "id || name"));
        Assert.All(report.Targets, target => Assert.Equal(2, target.Rows));
    }

    [Fact]
    public void Modes_say_what_becomes_of_what_is_there()
    {
        Succeeds("""<csv path="out"/>""", "r1");
        hub.Pipeline(Source, """<csv path="out"/>""");
        Assert.Equal("target 'csv1': something is already at 'out'", hub.Run().Error);
        Succeeds("""<csv path="out" mode="ignore"/>""", "r2");
        Assert.Equal(["out/part-r1-csv1.csv"], hub.Data());
        Succeeds("""<csv path="out" mode="append"/>""", "r3");
        Assert.Equal(["out/part-r1-csv1.csv", "out/part-r3-csv1.csv"], hub.Data());
        Succeeds("""<csv path="out" mode="overwrite"/>""", "r4");
        Assert.Equal(["out/part-r4-csv1.csv"], hub.Data());
        Succeeds("""<csv path="out" mode="overwrite" singleFile="true"/>""", "r5");
        Assert.Equal(["out"], hub.Data());
        Succeeds("""<csv path="out" mode="overwrite" singleFile="true" header="false"/>""", "r6");
        Assert.Equal("1,a\n2,b\n", hub.Text("data/applications/crm/out"));
        Succeeds("""<csv path="out" mode="overwrite"/>""", "r7");
        Assert.Equal(["out/part-r7-csv1.csv"], hub.Data());
    }

    [Fact]
    public void A_run_that_is_repeated_writes_nothing_twice_and_nothing_over_what_came_later()
    {
        const string Target = """<csv path="out.csv" mode="overwrite" singleFile="true" header="false"/>""";
        Succeeds(Target, "r1");
        hub.Write("landing/0.csv", "id,name\n3,c\n");
        Succeeds(Target, "r2");
        var again = hub.Succeeds(runId: "r1");

        Assert.True(Assert.Single(again.Targets).AlreadyCommitted);
        Assert.Equal("3,c\n", hub.Text("data/applications/crm/out.csv"));
    }

    [Fact]
    public void What_was_uploaded_and_is_forgotten_by_the_storage_is_written_again()
    {
        hub.Pipeline(Source, """<csv path="out" mode="append"/>""");
        hub.Write(
            "data/ops/files/r1/csv1.json",
            $$"""
            {"Place":"data/applications/crm/out","Comes":[{"Path":"data/applications/crm/out/part-r1-csv1.csv","Id":"{{Guid.NewGuid()}}","Parts":1}],"Goes":[]}
            """
        );
        Assert.False(Assert.Single(hub.Succeeds(runId: "r1").Targets).AlreadyCommitted);
        Assert.Equal(["1a", "2b"], hub.Files("out", "read_csv", "id || name"));
    }

    [Fact]
    public void A_table_is_not_written_over()
    {
        Succeeds("""<hive table="staging.t"/>""", "r1");
        hub.Pipeline(Source, """<csv path="staging" mode="overwrite"/>""");
        Assert.Throws<InvalidDocumentException>(() => hub.Run());
    }

    [Theory]
    [InlineData("""<parquet path="out" mode="append" partitionBy="name"/>""", "read_parquet")]
    [InlineData("""<hive table="staging.out" format="parquet"/>""", "read_parquet")]
    public void Of_a_machine_that_dies_at_any_request_the_next_finishes_the_append(string target, string reader)
    {
        var below = target.Contains("hive", StringComparison.Ordinal) ? "staging/out" : "out";
        hub.Pipeline(NewFiles, target);
        var landed = 1;
        for (var writes = 0; Dies(writes); writes++)
        {
            AreWhole(below, reader);
            Finish();
            Assert.Equal(Landed(landed), hub.Files(below, reader, "id || name").Order(StringComparer.Ordinal));
            hub.Write($"landing/{landed}.csv", $"id,name\n{landed}1,a\n{landed}2,b\n");
            landed++;
        }
        Assert.True(landed > 8);
    }

    [Theory]
    [InlineData("""<csv path="out" mode="overwrite" partitionBy="name"/>""", "read_csv")]
    [InlineData("""<json path="out" mode="overwrite" singleFile="true"/>""", "read_json")]
    public void Of_a_machine_that_dies_at_any_request_the_next_finishes_the_overwriting(string target, string reader)
    {
        hub.Pipeline(Source, target);
        hub.Succeeds();
        var deaths = 0;
        for (; ; deaths++)
        {
            hub.Write("landing/0.csv", $"id,name\n{deaths}1,a\n{deaths}2,b\n");
            if (!Dies(deaths))
                break;
            AreWhole("out", reader);
            Finish();
            hub.Succeeds();
            Assert.Equal([$"{deaths}1a", $"{deaths}2b"], hub.Files("out", reader, "id || name"));
        }
        Assert.True(deaths > 8);
    }

    private void Succeeds(string target, string runId)
    {
        hub.Pipeline(Source, target);
        hub.Succeeds(runId: runId);
    }

    /// <summary>What is seen at any moment can be read, to its last byte.</summary>
    private void AreWhole(string below, string reader) => hub.Files(below, reader, "id || name");

    private static IEnumerable<string> Landed(int files) =>
        Enumerable
            .Range(0, files)
            .SelectMany(file => file == 0 ? new[] { "1a", "2b" } : [$"{file}1a", $"{file}2b"])
            .Order(StringComparer.Ordinal);

    /// <summary>Runs the pipeline on a machine that sends so many writes; the answer to the last one it does not get any more.</summary>
    /// <returns>False if that was more than enough.</returns>
    private bool Dies(int writes)
    {
        using var transport = new FaultyTransport();
        var sent = 0;
        var root = hub.Open(new AzureStorageOptions { Transport = transport, Retries = 0 });
        transport.Before = request =>
            Lose((IsWrite(request) && Interlocked.Increment(ref sent) > writes) || Volatile.Read(ref sent) > writes);
        transport.After = request => Lose(IsWrite(request) && Volatile.Read(ref sent) >= writes);
        try
        {
            hub.Run(root: root);
        }
        catch (Exception e) when (e is RunException or IOException)
        {
            // As a process that ends.
        }
        hub.EndLocks();
        return sent >= writes;
    }

    private void Finish()
    {
        for (var resumed = "yes"; resumed is not null; )
            resumed = hub.Succeeds().Resumed;
    }

    private static bool IsWrite(Request request) => request.Method == RequestMethod.Put || request.Method == RequestMethod.Delete;

    private static void Lose(bool isLost)
    {
        if (isLost)
            throw new HttpRequestException("the network is gone");
    }
}
