using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessHub.Tests.Shared;
using YamlDotNet.RepresentationModel;

namespace ServerlessHub.Infra.Tests;

/// <summary>What dashboards and alerts ask for.</summary>
internal static partial class Dashboards
{
    // What a query is made of beside metrics, labels and functions.
    private static readonly HashSet<string> Words =
    [
        "and",
        "or",
        "unless",
        "on",
        "ignoring",
        "group_left",
        "group_right",
        "offset",
        "bool",
    ];

    /// <summary>The queries of panels over Prometheus, as Grafana sends them.</summary>
    public static IReadOnlyList<string> PrometheusPanels { get; } =
    [
        .. Panels()
            .SelectMany(p => p["prometheus"]!.AsArray())
            .Select(q => ((string)q!["query"]!).Replace("$__rate_interval", "1m", StringComparison.Ordinal)),
    ];

    /// <summary>The rules of Prometheus, each with its name.</summary>
    public static IReadOnlyList<(string Name, string Query)> PrometheusAlerts { get; } = [.. Rules()];

    /// <summary>The rules of Azure Monitor, each with its name.</summary>
    public static IReadOnlyList<(string Name, string Query)> AzureAlerts { get; } =
    [.. Json("alerts", "azure-monitor.json").AsArray().Select(r => ((string)r!["name"]!, (string)r["query"]!))];

    /// <summary>The metrics that panels over Azure Monitor name.</summary>
    public static IReadOnlyList<string> AzurePanelMetrics { get; } =
    [.. Panels().SelectMany(p => p["azure"]!["metrics"]!.AsArray()).Select(m => (string)m!)];

    /// <summary>The metrics that a query of Prometheus names.</summary>
    public static IEnumerable<string> MetricsOf(string promQl)
    {
        var bare = Strings().Replace(promQl, "");
        bare = Selectors().Replace(bare, "");
        bare = Labels().Replace(bare, "");
        bare = Ranges().Replace(bare, "");
        return Names().Matches(bare).Select(m => m.Value).Where(name => !Words.Contains(name)).Distinct();
    }

    /// <summary>The metrics that a query of a workspace names: those whose name a column is compared with.</summary>
    public static IEnumerable<string> MetricsOfKql(string kql) =>
        NameConditions().Matches(kql).SelectMany(m => Quoted().Matches(m.Value)).Select(m => m.Groups[1].Value).Distinct();

    private static IEnumerable<JsonNode> Panels() =>
        Json("dashboards", "panels.json")["rows"]!.AsArray().SelectMany(row => row!["panels"]!.AsArray()).OfType<JsonNode>();

    private static JsonNode Json(params string[] path) => JsonNode.Parse(File.ReadAllText(Repository.PathOf(["infra", .. path])))!;

    private static IEnumerable<(string, string)> Rules()
    {
        var yaml = new YamlStream();
        using (var reader = File.OpenText(Repository.PathOf("infra", "prometheus", "alerts.yml")))
            yaml.Load(reader);
        return ((YamlSequenceNode)yaml.Documents[0].RootNode["groups"])
            .SelectMany(group => (YamlSequenceNode)group["rules"])
            .Select(rule => (rule["alert"].ToString(), rule["expr"].ToString()));
    }

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Strings();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"\b(by|without|on|ignoring)\s*\([^)]*\)")]
    private static partial Regex Labels();

    [GeneratedRegex(@"\[[^\]]*\]|\boffset\s+\w+")]
    private static partial Regex Ranges();

    [GeneratedRegex(@"\b[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()")]
    private static partial Regex Names();

    [GeneratedRegex(@"\bName\s*(==\s*'[^']*'|in\s*\([^)]*\))")]
    private static partial Regex NameConditions();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
