using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Functions.Durable;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Functions.Tests;

/// <summary>What the build tells the platform of the app: its functions, and how the platform is to run them.</summary>
public sealed partial class FunctionMetadataTests
{
    private static readonly string Output = Path.GetDirectoryName(typeof(AppHub).Assembly.Location)!;

    private static readonly Dictionary<string, string> Triggers = new()
    {
        ["activity"] = "activityTrigger",
        ["api"] = "httpTrigger",
        ["arrival"] = "blobTrigger",
        ["purge"] = "timerTrigger",
        ["quiet"] = "timerTrigger",
        ["streams"] = "timerTrigger",
        ["upload"] = "blobTrigger",
        ["watch"] = "timerTrigger",
    };

    [Fact]
    public void Each_function_has_one_trigger_and_a_method_that_is_there()
    {
        var functions = Functions();
        Assert.Equal(Triggers.Keys.Order(), functions.Select(f => (string)f["name"]!).Except(["events"]).Order());
        foreach (var function in functions)
        {
            var name = (string)function["name"]!;
            Assert.Matches(FunctionName(), name);
            Assert.Equal("dotnet-isolated", (string?)function["language"]);
            var bindings = function["bindings"]!.AsArray();
            Assert.All(bindings, b => Assert.Contains((string?)b!["direction"], (string[])["In", "Out"]));
            Assert.Equal(
                Triggers.GetValueOrDefault(name, "eventHubTrigger"),
                bindings.Select(b => (string)b!["type"]!).Single(type => type.EndsWith("Trigger", StringComparison.Ordinal))
            );
            var entry = (string)function["entryPoint"]!;
            var dot = entry.LastIndexOf('.');
            var type = typeof(AppHub).Assembly.GetType(entry[..dot], throwOnError: true)!;
            Assert.NotNull(type.GetMethod(entry[(dot + 1)..], BindingFlags.Public | BindingFlags.Instance));
        }
    }

    [Fact]
    public void All_requests_go_to_one_function_and_times_have_six_fields()
    {
        var bindings = Functions().SelectMany(f => f["bindings"]!.AsArray()).ToArray();
        Assert.Equal("{*path}", (string?)bindings.Single(b => (string?)b!["type"] == "httpTrigger")!["route"]);
        Assert.All(
            bindings.Where(b => (string?)b!["type"] == "timerTrigger"),
            b => Assert.Equal(6, ((string)b!["schedule"]!).Split(' ').Length)
        );
        Assert.All(
            bindings.Where(b => (string?)b!["type"] == "blobTrigger"),
            b => Assert.Equal(("EventGrid", "HubStorage"), ((string?)b!["source"], (string?)b["connection"]))
        );
    }

    [Fact]
    public void Each_orchestrator_may_be_a_function_of_its_name()
    {
        var folder = Directory.CreateTempSubdirectory("hub-functions-").FullName;
        try
        {
            using var hub = new JobHub(new HubRoot(folder), new JobHubOptions(), TimeProvider.System, NullLogger<JobHub>.Instance);
            var orchestrators = new DurableTasks().AddJobs(hub).Orchestrators.Keys;
            Assert.All(orchestrators, name => Assert.Matches(FunctionName(), name));
            Assert.Empty(orchestrators.Intersect(Triggers.Keys, StringComparer.OrdinalIgnoreCase));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_host_is_told_what_the_app_relies_on()
    {
        var published = File.ReadAllText(Path.Combine(Output, "host.json"));
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "host.json")), published);
        var host = JsonNode.Parse(published)!;
        Assert.Equal("2.0", (string?)host["version"]);
        var extensions = host["extensions"]!;
        Assert.Equal("", (string?)extensions["http"]!["routePrefix"]);
        // The trigger waits for a batch, but not for as long as one might notice; it refuses to wait for more than half of the most.
        var eventHubs = extensions["eventHubs"]!;
        Assert.Equal((int)eventHubs["maxEventBatchSize"]!, 2 * (int)eventHubs["minEventBatchSize"]!);
        Assert.InRange(TimeSpan.Parse((string)eventHubs["maxWaitTime"]!, CultureInfo.InvariantCulture).TotalSeconds, 1, 5);
        // A worker of the version before takes no run of the next one while a deployment goes on, and finishes its own.
        var durable = extensions["durableTask"]!;
        Assert.Equal(("CurrentOrOlder", "Reject"), ((string?)durable["versionMatchStrategy"], (string?)durable["versionFailureStrategy"]));
        Assert.Equal(DurableTaskContext.PlatformVersion(JobActivities.Version), (string?)durable["defaultVersion"]);
    }

    private static IReadOnlyList<JsonNode> Functions() =>
        [.. JsonNode.Parse(File.ReadAllText(Path.Combine(Output, "functions.metadata")))!.AsArray().Select(f => f!)];

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$")]
    private static partial Regex FunctionName();
}
