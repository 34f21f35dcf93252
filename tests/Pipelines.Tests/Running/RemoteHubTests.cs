using Azure.Storage.Blobs.Models;
using ServerlessHub.Lake.Storage;
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

    private readonly RemoteHub hub = new();

    public RemoteHubTests()
    {
        hub.Write("config/applications/crm/staging/pipelines/load.xml", Load);
        hub.Write("landing/crm/1.csv", "id,name\n1,Ada\n2,Grace\n");
        hub.Write("landing/crm/notes.txt", "no rows");
    }

    public void Dispose() => hub.Dispose();

    [Fact]
    public void A_pipeline_reads_landing_files_and_merges_them_into_a_table()
    {
        var first = hub.Succeeds("load");
        hub.Write("landing/crm/2.csv", "id,name\n2,Hopper\n3,Barbara\n");
        hub.Remove("landing/crm/1.csv");
        hub.Succeeds("load");

        Assert.Equal(["1 Ada", "2 Hopper", "3 Barbara"], hub.Rows("staging.customers", "id || ' ' || name"));
        Assert.True(hub.Has($"data/ops/runs/{first.RunId}.json"));
        Assert.True(hub.Has("data/ops/state/crm/staging/load.json"));
    }

    [Fact]
    public void A_file_that_changes_is_read_as_it_is_now()
    {
        var root = hub.Open();
        hub.Succeeds("load", root);
        hub.Write("landing/crm/1.csv", "id,name\n1,Lovelace\n");
        hub.Succeeds("load", root);

        Assert.Equal(["1 Lovelace", "2 Grace"], hub.Rows("staging.customers", "id || ' ' || name"));
    }

    [Fact]
    public void A_table_feeds_the_next_pipeline()
    {
        hub.Write(
            "config/applications/crm/service/pipelines/count.xml",
            """
            <pipeline id="count" version="1.0" layer="service">
              <sources><table id="customers" name="staging.customers"/></sources>
              <targets><hive table="service.copy" mode="overwrite"/></targets>
            </pipeline>
            """
        );
        hub.Succeeds("load");
        hub.Succeeds("count");

        Assert.Equal(["Ada", "Grace"], hub.Rows("service.copy", "name"));
        var root = hub.Open();
        Assert.Equal(["crm"], root.Apps());
        Assert.Equal(["customers"], root.Tables("crm", "staging").Select(table => table.Table));
    }

    [Fact]
    public void Two_runs_of_one_pipeline_are_kept_apart()
    {
        var root = hub.Open();
        using (root.Storage.TryLock(".hub/locks/crm.staging.load.lock"))
            Assert.True(Assert.Throws<RunInProgressException>(() => hub.Run("load", root)).IsTransient);

        hub.Succeeds("load", root);
    }

    [Fact]
    public void A_schema_and_a_lookup_of_the_configuration_are_found()
    {
        hub.Write("config/common/lookups/country.csv", "code,country_name\nGB,United Kingdom\n");
        hub.Write("landing/crm/1.csv", "id,name,country\n1,Ada,GB\n");
        hub.Write(
            "config/applications/crm/staging/pipelines/load.xml",
            """
            <pipeline id="load" version="1.0" layer="staging">
              <sources><csv id="customers" path="landing/crm/*.csv"/></sources>
              <transformations><lookup source="customers" reference="country" on="country=code" outputFields="country_name"/></transformations>
              <targets><hive table="staging.customers" mode="overwrite"/></targets>
            </pipeline>
            """
        );
        hub.Succeeds("load");

        Assert.Equal(["United Kingdom"], hub.Rows("staging.customers", "country_name"));
    }

    [Fact]
    public void A_mount_leads_to_another_container_for_reading_and_writing()
    {
        var other = AzuriteServer.Shared.CreateContainer();
        other.UploadBlob("in/crm/a.csv", BinaryData.FromString("id,name\n7,Mary\n"));
        hub.Write("config/mounts.json", $$"""{ "s3://landing/": "{{other.Uri}}/in" }""");
        hub.Pipeline(
            """<csv id="customers" path="s3://landing/crm/*.csv"/>""",
            """<hive table="staging.customers"/><csv path="s3://landing/out" mode="overwrite" header="false"/>"""
        );
        var report = hub.Succeeds();

        Assert.Equal(["7 Mary"], hub.Rows("staging.customers", "id || ' ' || name"));
        Assert.Equal($"path {other.Uri}/in/out", report.Targets[1].Place);
        var written = Assert.Single(other.GetBlobs(BlobTraits.None, BlobStates.None, "in/out/", CancellationToken.None));
        Assert.Equal("7,Mary\n", other.GetBlobClient(written.Name).DownloadContent().Value.Content.ToString());
        var root = hub.Open();
        Assert.Single(root.Mounts.Prefixes);
        Assert.Equal("s3://landing/crm/a.csv", Assert.Single(root.Source("s3://landing/crm/*").Files()).Name);
        Assert.Equal("7,Mary\n".Length, Assert.Single(root.Named($"{other.Uri}/in/out").Files()).Length);
        other.Delete();
    }

    [Theory]
    [InlineData("no-such-container/in", "there is no container 'no-such-container'")]
    [InlineData("", "names no container")]
    public void A_mount_that_cannot_be_read_is_named(string place, string message)
    {
        hub.Write("config/mounts.json", $$"""{ "s3://landing/": "{{AzuriteServer.Shared.Endpoint}}/{{place}}" }""");
        hub.Pipeline("""<csv id="customers" path="s3://landing/crm/*.csv"/>""", """<hive table="staging.customers"/>""");
        var findings = Assert.Throws<InvalidDocumentException>(() => hub.Run()).Findings;

        var error = Assert.Single(findings, finding => finding.Severity == Severity.Error);
        Assert.Contains("the mount 's3://landing' in config/mounts.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_run_that_lost_its_lock_does_not_commit()
    {
        var time = new SetTime();
        var root = hub.Open(new AzureStorageOptions { Time = time });
        var report = hub.Run(
            root: root,
            watcher: new When(() =>
            {
                hub.EndLocks();
                time.Advance(TimeSpan.FromSeconds(15));
            })
        );

        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("another run of this pipeline may have begun", report.Error, StringComparison.Ordinal);
        Assert.Empty(hub.Open().Tables("crm", "staging"));
        Assert.False(hub.Has("data/ops/state/crm/staging/load.json"));
        hub.Succeeds();
    }

    [Fact]
    public void Of_two_runs_at_once_the_one_that_does_not_know_that_it_lost_its_lock_does_not_commit_over_the_other()
    {
        var report = hub.Run(
            watcher: new When(() =>
            {
                hub.EndLocks();
                hub.Write("landing/crm/1.csv", "id,name\n1,Newer\n");
                hub.Succeeds();
            })
        );

        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("another run of this pipeline went on meanwhile", report.Error, StringComparison.Ordinal);
        Assert.Equal(["1 Newer"], hub.Rows("staging.customers", "id || ' ' || name"));
        Assert.Null(SourceState.Load(hub.Open(), new DocumentAddress("crm", "staging", "load")).Pending);
    }

    [Fact]
    public void Two_attempts_of_one_run_write_its_rows_once_and_the_record_of_the_first_to_end_stands()
    {
        hub.Pipeline(
            """<csv id="customers" path="landing/crm/*.csv" incremental="files"/>""",
            """<hive table="staging.customers"/><csv path="out" mode="append" header="false"/>"""
        );
        var committed = 0;
        RunReport? other = null;
        var report = hub.Run(
            runId: "r1",
            watcher: new When(
                () =>
                {
                    hub.EndLocks();
                    other = hub.Succeeds();
                },
                when: happened => happened is TargetCommitted && committed++ == 0
            )
        );

        Assert.Equal("r1", other!.Resumed);
        Assert.Equal(RunStatus.Succeeded, report.Status);
        Assert.Equal(["1 Ada", "2 Grace"], hub.Rows("staging.customers", "id || ' ' || name"));
        Assert.Equal(["1 Ada", "2 Grace"], hub.Files("out", "read_csv", "column0 || ' ' || column1"));
        Assert.Equal(RunRecord.ToJson(other with { Resumed = null }), hub.Text("data/ops/runs/r1.json"));
    }

    /// <summary>Real processes, killed where chance has it.</summary>
    [Fact]
    public void A_process_that_is_killed_at_any_moment_leaves_what_the_next_run_finishes()
    {
        var kills = Campaign.Kills(inSuite: 12);
        var random = new Random(Environment.TickCount);
        hub.Pipeline(
            """<csv id="customers" path="landing/crm/*.csv" incremental="files"/>""",
            """<hive table="staging.customers" mode="append"/><csv path="out" mode="append" partitionBy="name"/>"""
        );
        for (var kill = 1; kill <= kills; kill++)
        {
            hub.Write($"landing/crm/{kill}.csv", $"id,name\n{kill}1,Ada\n{kill}2,Grace\n");
            using (var victim = RunProcess.Start(hub.Address, "load"))
                RunProcess.Kill(victim, afterLines: kill % 5, random);
            hub.EndLocks();
            if (hub.Open().Tables("crm", "staging").Count > 0)
                Assert.Distinct(hub.Rows("staging.customers", "id"));
        }
        for (var resumed = "yes"; resumed is not null; )
            resumed = hub.Succeeds().Resumed;

        var once = Enumerable.Range(1, kills).SelectMany(k => new[] { $"{k}1 Ada", $"{k}2 Grace" }).Order(StringComparer.Ordinal);
        Assert.Equal(once, hub.Rows("staging.customers", "id || ' ' || name").Order(StringComparer.Ordinal));
        Assert.Equal(once, hub.Files("out", "read_csv", "id || ' ' || name").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_place_without_a_hub_is_no_hub_root()
    {
        var error = Assert.Throws<RunException>(() => new HubRoot($"{hub.Container.Uri}/elsewhere"));
        Assert.Contains("no hub root", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<RunException>(() => new HubRoot($"{AzuriteServer.Shared.Endpoint}/no-such-container/hub"));
        Assert.Contains("no container", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<RunException>(() => new HubRoot("http://account.example/container?sig=s3cret"));
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Does something once, at a moment of a run: when its first statement begins, unless another is named.</summary>
    private sealed class When(Action act, Func<RunEvent, bool>? when = null) : IProgress<RunEvent>
    {
        private bool isDone;

        public void Report(RunEvent value)
        {
            if (isDone || !(when?.Invoke(value) ?? value is StageStarted))
                return;
            isDone = true;
            act();
        }
    }
}
