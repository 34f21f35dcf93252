using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Host.Tests;

/// <summary>Commands on a hub root that is an address, each a process of its own.</summary>
public sealed class RemoteRootTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hub-remote-").FullName;
    private readonly BlobContainerClient container = AzuriteServer.Shared.CreateContainer();

    public RemoteRootTests() => Environment.SetEnvironmentVariable("HUB_CACHE", Path.Combine(folder, "cache"));

    public void Dispose()
    {
        container.Delete();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_pipeline_is_validated_and_run_and_its_table_is_listed_and_previewed()
    {
        Upload(
            "config/applications/shop/staging/pipelines/rows.xml",
            """
            <pipeline id="rows" version="1.0" layer="staging">
              <sources><csv id="rows" path="landing/*.csv"/></sources>
              <targets><hive table="staging.rows" mode="append"/></targets>
            </pipeline>
            """
        );
        Upload("landing/rows.csv", "id,name\n1,Ada\n");
        foreach (
            var (arguments, expected) in new (string[], string)[]
            {
                (["validate", "rows"], ""),
                (["run", "rows"], "shop.staging.rows"),
                (["tables", "list"], "rows"),
                (["tables", "preview", "shop.staging.rows"], "Ada"),
            }
        )
        {
            var ended = await HubProcess.Run(folder, [.. arguments, "--root", $"{container.Uri}/hub"]);
            Assert.True(ended.Code == 0, ended.Output + ended.Error);
            Assert.Contains(expected, ended.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_hub_root_is_made_at_an_address_and_made_again_changes_nothing()
    {
        var address = $"{container.Uri}/new";
        foreach (
            var (arguments, expected) in new (string[], string)[]
            {
                (["init", address, "--sample"], "config/pipeline.xsd"),
                (["init", address, "--sample"], "nothing was missing"),
                (["validate", "customer_staging_load", "--root", address], ""),
            }
        )
        {
            var ended = await HubProcess.Run(folder, arguments);
            Assert.True(ended.Code == 0, ended.Output + ended.Error);
            Assert.Contains(expected, ended.Output, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(container.GetBlobs(BlobTraits.None, BlobStates.None, "new/.hub/secrets", CancellationToken.None), _ => true);
        var refused = await HubProcess.Run(folder, "init", $"{AzuriteServer.Shared.Endpoint}/no-such-container/hub");
        Assert.Contains("no container 'no-such-container'", refused.Error + refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_without_a_hub_is_said_to_be_none()
    {
        var ended = await HubProcess.Run(folder, "tables", "list", "--root", $"{container.Uri}/nothing");

        Assert.NotEqual(0, ended.Code);
        Assert.Contains("no hub root", ended.Error + ended.Output, StringComparison.Ordinal);
    }

    private void Upload(string path, string content) => container.UploadBlob($"hub/{path}", BinaryData.FromString(content));
}
