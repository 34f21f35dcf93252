using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Infra.Tests;

/// <summary>The infrastructure, through the real compiler: it has the types of all resources built in, and asks nobody.</summary>
public sealed partial class BicepTests
{
    private static readonly string Folder = Repository.PathOf("infra");
    internal static readonly string Bicep = typeof(BicepTests)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "Bicep")
        .Value!;

    private static readonly Lazy<Task<JsonObject>> Template = new(Compile);

    public static TheoryData<string> Environments => [.. Directory.GetFiles(Folder, "*.bicepparam").Select(f => Path.GetFileName(f))];

    [Fact]
    public async Task The_infrastructure_compiles_without_a_warning() => Assert.NotEmpty(await Template.Value);

    [Theory]
    [MemberData(nameof(Environments))]
    public async Task The_parameters_of_each_environment_fit_it(string file)
    {
        var (code, output, error) = await Tool.Run(Folder, Bicep, "build-params", file, "--stdout");

        Assert.Equal((0, ""), (code, error));
        var values = JsonNode.Parse(JsonNode.Parse(output)!["parametersJson"]!.GetValue<string>())!["parameters"]!.AsObject();
        Assert.Equal(Path.GetFileNameWithoutExtension(file), (string?)values["environment"]!["value"]);
    }

    [Fact]
    public void Every_module_is_used()
    {
        var files = Directory.GetFiles(Folder, "*.bicep", SearchOption.AllDirectories);
        var text = string.Join('\n', files.Select(File.ReadAllText));

        Assert.All(
            files.Where(f => Path.GetFileName(f) != "main.bicep"),
            f => Assert.Matches($@"'(modules/|\./)?{Regex.Escape(Path.GetFileName(f))}'", text)
        );
    }

    [Fact]
    public async Task No_parameter_and_no_output_holds_a_secret_and_no_key_is_asked_for()
    {
        var template = (await Template.Value).ToJsonString();

        // The one secret that is made is made by Azure, at the first deployment, and goes into the vault.
        var own = (await Template.Value)["parameters"]!
            .AsObject()
            .Where(p => Secure().IsMatch(p.Value!["type"]?.ToJsonString() ?? ""))
            .ToArray();
        Assert.All(own, p => Assert.Equal("\"[newGuid()]\"", p.Value!["defaultValue"]!.ToJsonString()));
        Assert.All(
            Directory.GetFiles(Folder, "*.bicepparam").Select(File.ReadAllText),
            given => Assert.All(own, p => Assert.DoesNotContain($"param {p.Key} ", given, StringComparison.Ordinal))
        );
        Assert.DoesNotMatch(AsksForKeys(), template);
        Assert.All(Outputs(await Template.Value), value => Assert.DoesNotMatch(NamesSecret(), value));
    }

    [Fact]
    public async Task The_app_has_every_setting_that_its_functions_and_its_host_ask_for()
    {
        var asked = Directory
            .GetFiles(Repository.PathOf("functions"), "*.cs")
            .Append(Repository.PathOf("host.json"))
            .SelectMany(file => Setting().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value))
            .Concat(["HUB_ROOT", "HUB_KEY_VAULT", "HUB_ADDRESS", "HubStorage__blobServiceUri", "HubStorage__queueServiceUri"])
            .Distinct()
            .ToArray();
        var settings = Resources(await Template.Value).Single(r => (string?)r["type"] == "Microsoft.Web/sites/config")[
            "properties"
        ]!.ToJsonString();

        Assert.Contains("TASKHUB_NAME", asked);
        Assert.All(asked, name => Assert.Contains(name, settings, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_starts_by_itself_where_a_new_version_is_tried()
    {
        var functions = Directory
            .GetFiles(Repository.PathOf("functions"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Function().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value))
            .Where(name => name != "api")
            .Distinct()
            .ToArray();
        var off = (string?)
            (await Template.Value)["resources"]!["hub"]!["properties"]!["template"]!["resources"]!["app"]!["properties"]!["template"]![
                "variables"
            ]!["selfStarting"]!.ToJsonString();

        Assert.Contains("watch", functions);
        Assert.All(functions, name => Assert.Contains($"\"{name}\"", off, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_deployed_holds_what_each_place_of_histories_needs()
    {
        var settings = Resources(await Template.Value).Single(r => (string?)r["type"] == "Microsoft.Web/sites/config")[
            "properties"
        ]!.ToString();
        var app = File.ReadAllText(Repository.PathOf("functions", "ServerlessHub.Functions.csproj"));

        Assert.Equal(["AzureStorage", "azureManaged"], HistoryStores().Matches(settings).Select(m => m.Groups[1].Value).Order());
        foreach (var package in (string[])["DurableTask", "DurableTask.AzureManaged"])
            Assert.Contains($"Include=\"Microsoft.Azure.Functions.Worker.Extensions.{package}\"", app, StringComparison.Ordinal);
        Assert.Contains("HubDeploys", File.ReadAllText(Repository.PathOf("eng", "package-functions")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_reached_by_a_key_or_a_password()
    {
        var resources = Resources(await Template.Value).ToArray();

        foreach (
            var (type, property, expected) in new[]
            {
                ("Microsoft.Storage/storageAccounts", "allowSharedKeyAccess", "false"),
                ("Microsoft.Storage/storageAccounts", "allowBlobPublicAccess", "false"),
                ("Microsoft.EventHub/namespaces", "disableLocalAuth", "true"),
                ("Microsoft.Insights/components", "DisableLocalAuth", "true"),
                ("Microsoft.KeyVault/vaults", "enableRbacAuthorization", "true"),
                ("Microsoft.KeyVault/vaults", "enablePurgeProtection", "true"),
                ("Microsoft.Dashboard/grafana", "apiKey", "\"Disabled\""),
                ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", "allow", "false"),
                ("Microsoft.Web/sites", "httpsOnly", "true"),
            }
        )
        {
            var found = resources.Where(r => (string?)r["type"] == type && r["existing"] is null).ToArray();
            Assert.NotEmpty(found);
            Assert.All(found, r => Assert.Equal(expected, r["properties"]![property]?.ToJsonString()));
        }
    }

    [Fact]
    public async Task Every_role_is_given_on_one_resource_and_none_of_them_rules_the_subscription()
    {
        // Owner, Contributor and User Access Administrator.
        string[] tooMuch =
        [
            "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
            "b24988ac-6180-42a0-ab88-20f7382dd24c",
            "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        ];
        var text = (await Template.Value).ToJsonString();
        Assert.All(tooMuch, role => Assert.DoesNotContain(role, text, StringComparison.Ordinal));
        var wide = Resources(await Template.Value)
            .Where(r => (string?)r["type"] == "Microsoft.Authorization/roleAssignments" && r["scope"] is null)
            .ToArray();
        // Grafana reads the metrics of all resources of the group.
        Assert.Contains(
            "monitoringReader",
            Assert.Single(wide)["properties"]!["roleDefinitionId"]!.ToJsonString(),
            StringComparison.Ordinal
        );
    }

    private static async Task<JsonObject> Compile()
    {
        var (code, output, error) = await Tool.Run(Folder, Bicep, "build", "main.bicep", "--stdout");
        Assert.Equal((0, ""), (code, error));
        return JsonNode.Parse(output)!.AsObject();
    }

    private static IEnumerable<JsonObject> Resources(JsonObject template)
    {
        var resources = template["resources"] switch
        {
            JsonArray list => list.OfType<JsonObject>(),
            JsonObject named => named.Select(r => r.Value).OfType<JsonObject>(),
            _ => [],
        };
        foreach (var resource in resources)
        {
            yield return resource;
            if (Module(resource) is { } inner)
                foreach (var below in Resources(inner))
                    yield return below;
        }
    }

    /// <summary>The template that a resource is the deployment of; null where it is none.</summary>
    private static JsonObject? Module(JsonObject resource) => (resource["properties"] as JsonObject)?["template"] as JsonObject;

    private static IEnumerable<string> Outputs(JsonObject template) =>
        (template["outputs"]?.AsObject().Select(o => o.Value!["value"]!.ToJsonString()) ?? []).Concat(
            Resources(template).Select(Module).OfType<JsonObject>().SelectMany(Outputs)
        );

    [GeneratedRegex("\"secure(String|Object)\"", RegexOptions.IgnoreCase)]
    private static partial Regex Secure();

    [GeneratedRegex(@"\blist[A-Z]\w*\(")]
    private static partial Regex AsksForKeys();

    [GeneratedRegex("storageProvider__type', '([A-Za-z]+)'")]
    private static partial Regex HistoryStores();

    [GeneratedRegex(@"\[Function\(""(\w+)""\)\]")]
    private static partial Regex Function();

    [GeneratedRegex("%([A-Z_]+)%")]
    private static partial Regex Setting();

    [GeneratedRegex("ConnectionString|InstrumentationKey|primaryKey|password|sharedKey", RegexOptions.IgnoreCase)]
    private static partial Regex NamesSecret();
}
