using System.Data;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Infra.Tests;

/// <summary>What teams, and others who are let read, may do in a hub root: the roles as the compiler evaluates them, and their conditions as Azure does.</summary>
public sealed partial class GroupAccessTests : IDisposable
{
    private const string Team = "00000000-0000-0000-0000-000000000001";
    private const string Readers = "00000000-0000-0000-0000-000000000002";
    private const string StorageBlobDataReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
    private static readonly string[] Changes = ["write", "add/action", "delete"];
    private static readonly Lazy<Task<List<JsonObject>>> Predicted = new(Predict);
    private readonly DataTable logic = new();

    public void Dispose() => logic.Dispose();

    [Fact]
    public async Task A_team_writes_its_configuration_and_what_it_lands_reads_its_data_and_has_nothing_of_others()
    {
        var access = await Predicted.Value;
        foreach (
            var own in (string[])
                ["config/applications/customer/staging/pipelines/a.xml", "landing/customer/2026/a.csv", "landing/returns/a.csv"]
        )
            Assert.All(["read", .. Changes], action => Assert.True(May(access, Team, action, own), $"{action} {own}"));
        const string Data = "data/applications/customer/staging/customers/part-0.parquet";
        Assert.True(May(access, Team, "read", Data));
        Assert.All(Changes, action => Assert.False(May(access, Team, action, Data), action));
        foreach (
            var other in (string[])
                [
                    "config/applications/customer2/staging/pipelines/a.xml",
                    "config/common/resources/smtp.json",
                    "landing/orders/a.csv",
                    "data/applications/orders/service/sales/part-0.parquet",
                    "data/ops/audit/a.json",
                    ".hub/secrets/mask",
                ]
        )
            Assert.All(["read", .. Changes], action => Assert.False(May(access, Team, action, other), $"{action} {other}"));
    }

    [Fact]
    public async Task Others_read_the_layers_that_are_named_and_change_nothing()
    {
        var access = await Predicted.Value;
        foreach (var (layer, may) in new[] { ("staging", false), ("standardization", true), ("service", true) })
        {
            var file = $"data/applications/customer/{layer}/customers/part-0.parquet";
            Assert.Equal(may, May(access, Readers, "read", file));
            Assert.All(Changes, action => Assert.False(May(access, Readers, action, file), $"{action} {file}"));
        }
        Assert.True(May(access, Readers, "read", "data/applications/orders/staging/sales/part-0.parquet"));
        Assert.False(May(access, Readers, "read", "data/applications/returns/service/returns/part-0.parquet"));
        Assert.False(May(access, Readers, "read", "config/applications/customer/staging/pipelines/a.xml"));
    }

    [Fact]
    public async Task No_group_has_a_role_that_reaches_beyond_files_and_none_has_one_twice()
    {
        var access = await Predicted.Value;
        var made = access.Where(r => (string?)r["type"] == "Microsoft.Authorization/roleDefinitions").ToArray();
        Assert.All(made.SelectMany(Permissions), permission => Assert.Null(permission["actions"]));
        var known = made.Select(r => (string)r["name"]!).Append(StorageBlobDataReader).ToArray();
        Assert.All(Assignments(access), a => Assert.Contains(Role(a), known));
        // Azure refuses a second assignment of a role to a group in one place, whatever its condition.
        Assert.Distinct(Assignments(access).Select(a => (Role(a), (string)a["properties"]!["principalId"]!)));
        Assert.All(Assignments(access), a => Assert.Contains("/containers/hub/", (string)a["id"]!, StringComparison.Ordinal));
    }

    /// <summary>The resources that a deployment makes, with an application that has a team and readers.</summary>
    private static async Task<List<JsonObject>> Predict()
    {
        var folder = Directory.CreateTempSubdirectory("hub-access-");
        var parameters = Path.Combine(folder.FullName, "access.bicepparam");
        var main = Path.GetRelativePath(folder.FullName, Repository.PathOf("infra", "main.bicep")).Replace('\\', '/');
        await File.WriteAllTextAsync(
            parameters,
            $$"""
            using '{{main}}'
            param environment = 'test'
            param applications = [
              { name: 'customer', teamGroupId: '{{Team}}', readers: [{ groupId: '{{Readers}}', layers: ['standardization', 'service'] }] }
              { name: 'returns', teamGroupId: '{{Team}}' }
              { name: 'orders', teamGroupId: '{{Readers}}' }
            ]
            """
        );
        string[] place = ["--subscription-id", "00000000-0000-0000-0000-0000000000aa", "--location", "westeurope"];
        var (code, _, error) = await Tool.Run(folder.FullName, BicepTests.Bicep, ["snapshot", parameters, "--mode", "overwrite", .. place]);
        Assert.Equal((0, ""), (code, error));
        var snapshot = JsonNode.Parse(await File.ReadAllTextAsync(Path.ChangeExtension(parameters, ".snapshot.json")))!;
        folder.Delete(recursive: true);
        return [.. snapshot["predictedResources"]!.AsArray().Select(r => r!.AsObject())];
    }

    private bool May(List<JsonObject> access, string group, string action, string path) =>
        Assignments(access)
            .Any(a =>
                (string?)a["properties"]!["principalId"] == group
                && Actions(access, Role(a)).Contains(action)
                && Holds((string)a["properties"]!["condition"]!, action, path)
            );

    /// <summary>Whether a condition lets an action on a file pass; listing is another one, which conditions name apart.</summary>
    private bool Holds(string condition, string action, string path)
    {
        var told = Matches()
            .Replace(condition, m => m.Groups[1].Value.EndsWith($"/blobs/{action}", StringComparison.Ordinal) ? "true" : "false");
        told = SubOperation().Replace(told, "false");
        told = Like().Replace(told, m => path.StartsWith(m.Groups[1].Value, StringComparison.Ordinal) ? "true" : "false");
        return (bool)logic.Compute(told.Replace("!", "NOT ", StringComparison.Ordinal), "");
    }

    private static string[] Actions(List<JsonObject> access, string role) =>
        role == StorageBlobDataReader
            ? ["read"]
            :
            [
                .. Permissions(access.Single(r => (string?)r["name"] == role))
                    .SelectMany(p => p["dataActions"]!.AsArray())
                    .Select(a => ((string)a!).Split("/blobs/")[1]),
            ];

    private static IEnumerable<JsonObject> Permissions(JsonObject role) =>
        role["properties"]!["permissions"]!.AsArray().Select(p => p!.AsObject());

    private static IEnumerable<JsonObject> Assignments(List<JsonObject> access) =>
        access.Where(r =>
            (string?)r["type"] == "Microsoft.Authorization/roleAssignments" && (string?)r["properties"]!["principalType"] == "Group"
        );

    private static string Role(JsonObject assignment) => ((string)assignment["properties"]!["roleDefinitionId"]!).Split('/')[^1];

    [GeneratedRegex(@"\bActionMatches\{'([^']+)'\}")]
    private static partial Regex Matches();

    [GeneratedRegex(@"SubOperationMatches\{'Blob\.List'\}")]
    private static partial Regex SubOperation();

    [GeneratedRegex(@"@Resource\[[^\]]+:path\] StringLike '([^'*]+)\*'")]
    private static partial Regex Like();
}
