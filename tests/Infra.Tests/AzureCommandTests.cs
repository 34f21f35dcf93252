using System.Net;
using System.Text.Json;
using Azure.Storage.Blobs;
using ServerlessHub.Host.Tests;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Infra.Tests;

/// <summary><c>hub azure</c> as a person runs it, with a program in place of <c>az</c> that writes down its calls; the storage is a real one.</summary>
public sealed class AzureCommandTests : IDisposable
{
    private const string Nowhere = "https://127.0.0.1:1";
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "hub.dll");
    private readonly FakeAz az = new();
    private readonly TemporaryHub hub = new();

    public void Dispose()
    {
        az.Dispose();
        hub.Dispose();
    }

    [Fact]
    public async Task What_is_missing_is_said_with_what_to_do()
    {
        var none = await Tool.Run(hub.Path, "env", "PATH=/nonexistent", Dotnet(), Program, "azure", "status", "dev");
        Assert.Equal(4, none.Code);
        Assert.Contains("'az', is not on this machine", none.Error, StringComparison.Ordinal);
        Assert.Contains("https://aka.ms/azure-cli", none.Error, StringComparison.Ordinal);

        az.Refuses("account-show", "ERROR: Please run 'az login' to setup account.");
        var (code, _, error) = await Run("status", "dev");
        Assert.Equal(4, code);
        Assert.Contains("nobody is signed in to Azure", error, StringComparison.Ordinal);

        az.Refuses("account-show", "ERROR: No subscription found.");
        Assert.Contains("has no subscription", (await Run("status", "dev")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_never_deployed_is_said_to_be_so()
    {
        az.Refuses("deployment-sub-show-hub-dev", "ERROR: (DeploymentNotFound) Deployment 'hub-dev' could not be found.");

        var (code, _, error) = await Run("push", "dev");

        Assert.Equal(4, code);
        Assert.Contains("'dev' was never deployed", error, StringComparison.Ordinal);
        Assert.Contains("hub azure deploy dev", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_deployment_is_shown_and_made_with_a_key_and_nothing_is_done_unasked()
    {
        az.Refuses("deployment-sub-show-hub-dev", "ERROR: (DeploymentNotFound) none");
        Assert.Contains("no region is given", (await Run("deploy", "dev")).Error, StringComparison.Ordinal);

        az.Answers("deployment-sub-what-if-hub-dev", "+ Microsoft.Storage/storageAccounts/hubdevlake");
        var shown = await Run("deploy", "dev", "--location", "westeurope", "--what-if");
        Assert.Equal(0, shown.Code);
        Assert.Contains("subscription Team", shown.Output, StringComparison.Ordinal);
        Assert.Contains("+ Microsoft.Storage/storageAccounts/hubdevlake", shown.Output, StringComparison.Ordinal);
        Assert.Contains("nobody can be asked", (await Run("deploy", "dev", "--location", "westeurope")).Error, StringComparison.Ordinal);
        Assert.DoesNotContain(az.Calls, call => call.StartsWith("deployment sub create", StringComparison.Ordinal));

        az.HasDeployed("dev", "abfss://hub@hubdevlake.dfs.core.windows.net/", Nowhere, call: "create");
        var made = await Run("deploy", "dev", "--location", "westeurope", "--yes");
        Assert.True(made.Code == 0, made.Error);
        Assert.Contains("abfss://hub@hubdevlake.dfs.core.windows.net/", made.Output, StringComparison.Ordinal);
        var create = az.Calls.Single(call => call.StartsWith("deployment sub create", StringComparison.Ordinal));
        Assert.Contains("--name hub-dev --location westeurope", create, StringComparison.Ordinal);
        Assert.Contains("dev.bicepparam", create, StringComparison.Ordinal);
        Assert.Contains("makeApiKey=true", create, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_is_brought_and_the_events_of_files_are_led_to_it_by_a_key_that_is_never_shown()
    {
        az.HasDeployed("test", "abfss://hub@lake.dfs.core.windows.net/", Nowhere, grafana: "amg-hub");
        az.HasDeployed("test", "abfss://hub@lake.dfs.core.windows.net/", Nowhere, grafana: "amg-hub", call: "create");
        az.Answers("functionapp-keys-list", """{ "systemKeys": { "blobs_extension": "the-key-of-events" } }""");
        hub.Write("functions.zip", "package");

        var (code, output, error) = await Run("deploy", "test", "--package", "functions.zip", "--yes");

        Assert.True(code == 0, error);
        Assert.Contains(
            az.Calls,
            call =>
                call.StartsWith("deployment sub create", StringComparison.Ordinal)
                && call.Contains("makeApiKey=false", StringComparison.Ordinal)
        );
        Assert.Contains(
            az.Calls,
            call => call.StartsWith("functionapp deployment source config-zip --name func-hub-test", StringComparison.Ordinal)
        );
        foreach (var (function, folder) in new[] { ("upload", "config/applications/"), ("arrival", "landing/") })
            Assert.Contains(
                az.Calls,
                call =>
                    call.StartsWith("eventgrid system-topic event-subscription create", StringComparison.Ordinal)
                    && call.Contains($"functionName=Host.Functions.{function}&", StringComparison.Ordinal)
                    && call.Contains($"/containers/hub/blobs/{folder}", StringComparison.Ordinal)
            );
        Assert.Contains(az.Calls, call => call.StartsWith("grafana dashboard create --name amg-hub", StringComparison.Ordinal));
        Assert.DoesNotContain("the-key-of-events", output + error, StringComparison.Ordinal);

        az.Refuses("eventgrid-system-topic-event-subscription-create", "ERROR: the endpoint does not answer");
        var refused = await Run("deploy", "test", "--package", "functions.zip", "--yes");
        Assert.Equal(1, refused.Code);
        Assert.Contains(
            "'az eventgrid system-topic event-subscription create' failed: the endpoint does not answer",
            refused.Error,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("the-key-of-events", refused.Output + refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_are_pushed_to_a_real_storage_with_their_difference_and_a_wrong_one_keeps_all_back()
    {
        var container = AzuriteServer.Shared.CreateContainer();
        az.HasDeployed("dev", $"{container.Uri}/", Nowhere);
        hub.WritePipeline("rows", "", "id\n1\n");

        var first = await Run("push", "dev");
        Assert.True(first.Code == 0, first.Error);
        Assert.Contains("+ config/applications/shop/staging/pipelines/rows.xml", first.Output, StringComparison.Ordinal);
        Assert.Contains(
            "pipeline id=\"rows\"",
            await Text(container, "config/applications/shop/staging/pipelines/rows.xml"),
            StringComparison.Ordinal
        );
        Assert.Contains("has all of it already", (await Run("push", "dev")).Output, StringComparison.Ordinal);

        hub.WritePipeline("rows", "<filter source=\"rows\" condition=\"id > 0\"/>", "id\n1\n");
        await container.UploadBlobAsync("config/common/schemas/only-there.avsc", BinaryData.FromString("{}"));
        var dry = await Run("push", "dev", "--dry-run");
        Assert.Contains("~ config/applications/shop/staging/pipelines/rows.xml (+1 -1)", dry.Output, StringComparison.Ordinal);
        Assert.Contains("+   <transformations><filter", dry.Output, StringComparison.Ordinal);
        Assert.Contains("only there; stays", dry.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "filter",
            await Text(container, "config/applications/shop/staging/pipelines/rows.xml"),
            StringComparison.Ordinal
        );

        hub.WritePipeline("wrong", "<filter source=\"nothing\" condition=\"true\"/>", "id\n1\n");
        var refused = await Run("push", "dev");
        Assert.Equal(3, refused.Code);
        Assert.Contains("1 document is not valid; nothing was brought", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "filter",
            await Text(container, "config/applications/shop/staging/pipelines/rows.xml"),
            StringComparison.Ordinal
        );

        File.Delete(hub.Locate("config/applications/shop/staging/pipelines/wrong.xml"));
        var json = await Run("push", "dev", "--delete", "--json");
        Assert.True(json.Code == 0, json.Error);
        Assert.Equal(
            ["changed", "removed"],
            JsonDocument
                .Parse(json.Output)
                .RootElement.GetProperty("changes")
                .EnumerateArray()
                .Select(c => c.GetProperty("kind").GetString()!.ToLowerInvariant())
        );
        Assert.Contains("filter", await Text(container, "config/applications/shop/staging/pipelines/rows.xml"), StringComparison.Ordinal);
        Assert.False(await container.GetBlobClient("config/common/schemas/only-there.avsc").ExistsAsync());
        await container.DeleteAsync();
    }

    [Fact]
    public async Task An_environment_keeps_its_own_connections_when_documents_are_promoted_to_it()
    {
        var (dev, test) = (AzuriteServer.Shared.CreateContainer(), AzuriteServer.Shared.CreateContainer());
        az.HasDeployed("dev", $"{dev.Uri}/", Nowhere);
        az.HasDeployed("test", $"{test.Uri}/", Nowhere);
        hub.WritePipeline("rows", "", "id\n1\n");
        hub.Write("config/common/resources/smtp.json", """{ "host": "dev.example.com" }""");
        Assert.Equal(0, (await Run("push", "dev")).Code);
        await dev.UploadBlobAsync("landing/rows.csv", BinaryData.FromString("id\n1\n"));
        await test.UploadBlobAsync("config/common/resources/smtp.json", BinaryData.FromString("""{ "host": "test.example.com" }"""));

        var (code, output, error) = await Run("promote", "dev", "test");

        Assert.True(code == 0, error);
        Assert.Contains("+ config/applications/shop/staging/pipelines/rows.xml", output, StringComparison.Ordinal);
        Assert.Contains(
            "pipeline id=\"rows\"",
            await Text(test, "config/applications/shop/staging/pipelines/rows.xml"),
            StringComparison.Ordinal
        );
        Assert.Contains("test.example.com", await Text(test, "config/common/resources/smtp.json"), StringComparison.Ordinal);
        await dev.DeleteAsync();
        await test.DeleteAsync();
    }

    [Fact]
    public async Task A_team_pushes_its_application_and_neither_sees_nor_touches_anything_else()
    {
        var container = AzuriteServer.Shared.CreateContainer();
        az.HasDeployed("dev", $"{container.Uri}/", Nowhere);
        hub.WritePipeline("rows", "", "id\n1\n");
        hub.Write("config/applications/other/staging/pipelines/wrong.xml", "<pipeline");
        hub.Write("config/common/resources/smtp.json", """{ "host": "mine.example.com" }""");
        const string Others = "config/applications/other/staging/pipelines/only-there.xml";
        await container.UploadBlobAsync(Others, BinaryData.FromString("<pipeline/>"));

        var (code, output, error) = await Run("push", "dev", "--app", "shop", "--delete");

        Assert.True(code == 0, error);
        Assert.Contains("+ config/applications/shop/staging/pipelines/rows.xml", output, StringComparison.Ordinal);
        Assert.Contains("1 file brought to", output, StringComparison.Ordinal);
        Assert.True(await container.GetBlobClient(Others).ExistsAsync());
        Assert.False(await container.GetBlobClient("config/common/resources/smtp.json").ExistsAsync());

        var unknown = await Run("push", "dev", "--app", "shops");
        Assert.Equal(4, unknown.Code);
        Assert.Contains("there is no application 'shops'", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("'shop'", unknown.Error, StringComparison.Ordinal);
        await container.DeleteAsync();
    }

    [Fact]
    public async Task The_status_asks_the_app_itself()
    {
        using var listener = new HttpListener();
        var port = FreePort.Find();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var answering = Task.Run(async () =>
        {
            var context = await listener.GetContextAsync();
            context.Response.StatusCode = context.Request.Url!.AbsolutePath == "/health" ? 200 : 404;
            context.Response.Close();
        });
        az.HasDeployed("dev", "abfss://hub@lake.dfs.core.windows.net/", $"http://127.0.0.1:{port}");
        az.Answers("functionapp-show", """{ "state": "Running" }""");

        var well = await Run("status", "dev", "--json");
        await answering;
        Assert.True(well.Code == 0, well.Output + well.Error);
        var status = JsonDocument.Parse(well.Output).RootElement;
        Assert.Equal(("healthy", "Running"), (status.GetProperty("health").GetString(), status.GetProperty("appState").GetString()));

        az.HasDeployed("dev", "abfss://hub@lake.dfs.core.windows.net/", Nowhere);
        var ill = await Run("status", "dev");
        Assert.Equal(1, ill.Code);
        Assert.Contains("it does not answer", ill.Output, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output, string Error)> Run(params string[] arguments) =>
        Tool.Run(hub.Path, "env", [$"PATH={az.Path}", $"HUB_CACHE={hub.Locate(".cache")}", Dotnet(), Program, "azure", .. arguments]);

    private static string Dotnet() => Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    private static async Task<string> Text(BlobContainerClient container, string path) =>
        (await container.GetBlobClient(path).DownloadContentAsync()).Value.Content.ToString();
}
