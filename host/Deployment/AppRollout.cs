using System.Text.Json.Nodes;

namespace ServerlessHub.Host.Deployment;

/// <summary>
/// Brings a new version of the app. Flex Consumption replaces one instance after the other. Premium has a staging slot: the package is tried there, on a
/// task hub of its own, and only what is healthy there becomes the app's.
/// </summary>
internal sealed class AppRollout(Az az, AzureEnvironment environment, TextWriter progress)
{
    private const int HealthAttempts = 30;
    private static readonly TimeSpan HealthPause = TimeSpan.FromSeconds(10);

    // Functions that a file starts, and where in the container it comes.
    private static readonly (string Function, string Folder)[] FileTriggers = [("upload", "config/applications/"), ("arrival", "landing/")];

    /// <summary>Brings it, and leads the events of the hub root's files to it.</summary>
    /// <exception cref="CommandException">It cannot be brought, or is not healthy; of Premium the app is as it was then.</exception>
    public void Bring(string package)
    {
        progress.WriteLine($"bringing {Path.GetFileName(package)} to {environment.FunctionApp} …");
        if (environment.Output("plan") == "premium")
            BringOverStaging(package);
        else
            az.Call(["functionapp", "deployment", "source", "config-zip", "--name", environment.FunctionApp, .. Group, "--src", package]);
        LeadEvents();
    }

    private string[] Group => ["--resource-group", environment.ResourceGroup];

    private void BringOverStaging(string package)
    {
        Upload(package, "staging.zip");
        az.Call(["functionapp", "restart", "--name", environment.FunctionApp, "--slot", "staging", .. Group]);
        var slot = az.Call(["functionapp", "show", "--name", environment.FunctionApp, "--slot", "staging", .. Group]);
        WaitUntilHealthy(new Uri($"https://{slot?["defaultHostName"]}"));
        Upload(package, "functions.zip");
        az.Call(["functionapp", "restart", "--name", environment.FunctionApp, .. Group]);
        WaitUntilHealthy(new Uri(environment.Address));
    }

    private void Upload(string package, string name) =>
        az.Call(
            "storage",
            "blob",
            "upload",
            "--account-name",
            environment.Output("hostStorage"),
            "--container-name",
            "packages",
            "--name",
            name,
            "--file",
            package,
            "--overwrite",
            "true",
            "--auth-mode",
            "login"
        );

    private static void WaitUntilHealthy(Uri address)
    {
        var health = "";
        for (var attempt = 0; attempt < HealthAttempts; attempt++)
        {
            if (attempt > 0)
                Task.Delay(HealthPause).GetAwaiter().GetResult();
            if ((health = AppHealth.Of(address)) == AppHealth.Healthy)
                return;
        }
        throw new CommandException(
            ExitCode.Failed,
            $"{address.Host} is not healthy: {health}",
            "its log stream in the portal says more; the version before is still there"
        );
    }

    /// <summary>Subscribes the app to files that come; the key by which the storage's events are let in never leaves this process and Azure's.</summary>
    private void LeadEvents()
    {
        var keys = az.Call(["functionapp", "keys", "list", "--name", environment.FunctionApp, .. Group]);
        var key =
            (string?)(keys?["systemKeys"] as JsonObject)?["blobs_extension"]
            ?? throw new CommandException(
                ExitCode.Failed,
                $"{environment.FunctionApp} does not take events of files yet",
                "wait until it has started, and deploy again"
            );
        foreach (var (function, folder) in FileTriggers)
            az.Call([
                "eventgrid",
                "system-topic",
                "event-subscription",
                "create",
                .. Group,
                "--system-topic-name",
                environment.Output("eventTopic"),
                "--name",
                function,
                "--endpoint-type",
                "webhook",
                "--endpoint",
                $"{environment.Address}/runtime/webhooks/blobs?functionName=Host.Functions.{function}&code={key}",
                "--included-event-types",
                "Microsoft.Storage.BlobCreated",
                "--subject-begins-with",
                $"/blobServices/default/containers/hub/blobs/{folder}",
            ]);
    }
}
