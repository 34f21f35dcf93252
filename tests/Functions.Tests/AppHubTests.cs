using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Functions.Tests;

public sealed class AppHubTests
{
    [Fact]
    public async Task An_app_that_is_there_before_any_configuration_serves_an_empty_hub_root()
    {
        var container = AzuriteServer.Shared.CreateContainer();
        using (var hub = Open($"{container.Uri}/"))
            Assert.Empty(hub.Jobs.Root.Apps());
        await container.UploadBlobAsync("config/applications/shop/staging/pipelines/rows.xml", BinaryData.FromString("<pipeline/>"));
        using (var hub = Open($"{container.Uri}/"))
            Assert.Equal(["shop"], hub.Jobs.Root.Apps());
        await container.DeleteAsync();
    }

    [Fact]
    public async Task A_hub_root_that_is_there_is_left_as_it_is()
    {
        var container = AzuriteServer.Shared.CreateContainer();
        await container.UploadBlobAsync("config/applications/shop/staging/pipelines/rows.xml", BinaryData.FromString("<pipeline/>"));
        Open($"{container.Uri}/").Dispose();
        Assert.False(await container.GetBlobClient("config/applications/.keep").ExistsAsync());
        await container.DeleteAsync();
    }

    private static AppHub Open(string root) =>
        new(new HubSettings(root, "", new JobHubOptions(), EventHub: null), TimeProvider.System, NullLogger<JobHub>.Instance);
}
