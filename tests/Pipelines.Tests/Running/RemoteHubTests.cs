using Azure.Storage.Blobs;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Running;

/// <summary>A hub root that is an address in a storage account.</summary>
public sealed class RemoteHubTests : IDisposable
{
    private const string Load = """
        <pipeline id="load" version="1.0" layer="staging">
          <sources><csv id="customers" path="landing/crm/*.csv"/></sources>
          <targets><hive table="staging.customers" mode="merge" keys="id"/></targets>
        </pipeline>
        """;

    private static readonly string Cache = Directory.CreateTempSubdirectory("hub-remote-").FullName;

    private readonly BlobContainerClient container = AzuriteServer.Shared.CreateContainer();

    static RemoteHubTests() => Environment.SetEnvironmentVariable("HUB_CACHE", Cache);

    public RemoteHubTests()
    {
        Upload("config/applications/crm/staging/pipelines/load.xml", Load);
        Upload("landing/crm/1.csv", "id,name\n1,Ada\n2,Grace\n");
        Upload("landing/crm/notes.txt", "no rows");
    }

    public void Dispose() => container.Delete();

    private string Address => $"{container.Uri}/hubs/one";

    [Fact]
    public void A_pipeline_reads_landing_files_and_merges_them_into_a_table()
    {
        var first = Succeeds("load");
        Upload("landing/crm/2.csv", "id,name\n2,Hopper\n3,Barbara\n");
        Remove("landing/crm/1.csv");
        Succeeds("load");

        Assert.Equal(["1 Ada", "2 Hopper", "3 Barbara"], Rows("staging.customers", "id || ' ' || name"));
        Assert.True(container.GetBlobClient($"hubs/one/data/ops/runs/{first.RunId}.json").Exists());
        Assert.True(container.GetBlobClient("hubs/one/data/ops/state/crm/staging/load.json").Exists());
    }

    [Fact]
    public void A_file_that_changes_is_read_as_it_is_now()
    {
        var root = new HubRoot(Address);
        Succeeds("load", root);
        Upload("landing/crm/1.csv", "id,name\n1,Lovelace\n");
        Succeeds("load", root);

        Assert.Equal(["1 Lovelace", "2 Grace"], Rows("staging.customers", "id || ' ' || name"));
    }

    [Fact]
    public void A_table_feeds_the_next_pipeline()
    {
        Upload(
            "config/applications/crm/service/pipelines/count.xml",
            """
            <pipeline id="count" version="1.0" layer="service">
              <sources><table id="customers" name="staging.customers"/></sources>
              <targets><hive table="service.copy" mode="overwrite"/></targets>
            </pipeline>
            """
        );
        Succeeds("load");
        Succeeds("count");

        Assert.Equal(["Ada", "Grace"], Rows("service.copy", "name"));
        var root = new HubRoot(Address);
        Assert.Equal(["crm"], root.Apps());
        Assert.Equal(["customers"], root.Tables("crm", "staging").Select(table => table.Table));
    }

    [Fact]
    public void Two_runs_of_one_pipeline_are_kept_apart()
    {
        var root = new HubRoot(Address);
        using (root.Storage.TryLock(".hub/locks/crm.staging.load.lock"))
            Assert.True(Assert.Throws<RunException>(() => Run("load", root)).IsTransient);

        Succeeds("load", root);
    }

    [Fact]
    public void A_schema_and_a_lookup_of_the_configuration_are_found()
    {
        Upload("config/common/lookups/country.csv", "code,country_name\nGB,United Kingdom\n");
        Upload("landing/crm/1.csv", "id,name,country\n1,Ada,GB\n");
        Upload(
            "config/applications/crm/staging/pipelines/load.xml",
            """
            <pipeline id="load" version="1.0" layer="staging">
              <sources><csv id="customers" path="landing/crm/*.csv"/></sources>
              <transformations><lookup source="customers" reference="country" on="country=code" outputFields="country_name"/></transformations>
              <targets><hive table="staging.customers" mode="overwrite"/></targets>
            </pipeline>
            """
        );
        Succeeds("load");

        Assert.Equal(["United Kingdom"], Rows("staging.customers", "country_name"));
    }

    [Fact]
    public void A_target_of_files_is_refused_before_anything_is_written()
    {
        Upload(
            "config/applications/crm/staging/pipelines/load.xml",
            Load.Replace("<hive table=\"staging.customers\" mode=\"merge\" keys=\"id\"/>", "<csv path=\"out\"/>", StringComparison.Ordinal)
        );
        var report = Run("load", new HubRoot(Address));

        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("does not hold yet", report.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_without_a_hub_is_no_hub_root()
    {
        var error = Assert.Throws<RunException>(() => new HubRoot($"{container.Uri}/elsewhere"));
        Assert.Contains("no hub root", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<RunException>(() => new HubRoot($"{AzuriteServer.Shared.Endpoint}/no-such-container/hub"));
        Assert.Contains("no container", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<RunException>(() => new HubRoot("http://account.example/container?sig=s3cret"));
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    private void Upload(string path, string content) =>
        container.GetBlobClient($"hubs/one/{path}").Upload(BinaryData.FromString(content), overwrite: true);

    private void Remove(string path) => container.DeleteBlob($"hubs/one/{path}");

    private RunReport Succeeds(string id, HubRoot? root = null)
    {
        var report = Run(id, root ?? new HubRoot(Address));
        Assert.True(report.Status == RunStatus.Succeeded, $"{report.Error}; {report.Hint}");
        return report;
    }

    private static RunReport Run(string id, HubRoot root)
    {
        var document = DocumentFile.Read(root, root.Document(DocumentKind.Pipeline, id), new Diagnostics())!;
        return new PipelineRunner(root, new RunOptions { Threads = 2 }, new FixedTime()).Run(new RunRequest(document));
    }

    /// <summary>The rows of a table as a process that begins now reads them.</summary>
    private string[] Rows(string table, string expression)
    {
        using var database = Database.Open();
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        var snapshot = new DeltaTable(new HubRoot(Address).Storage, TableName.Parse(table, "crm")!.Folder).TryRead()!;
        using var scan = snapshot.Scan(connection);
        using var result = connection.Query($"SELECT CAST({expression} AS VARCHAR) FROM ({scan.Sql}) ORDER BY ALL");
        return [.. result.Rows().Select(row => (string)row[0]!)];
    }
}
