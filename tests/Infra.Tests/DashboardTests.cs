using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Infra.Tests;

/// <summary>Holds dashboards and alerts to the metrics that the code has.</summary>
public sealed class DashboardTests
{
    private static readonly string[] OfTheRuntime =
    [
        "up",
        "http_server_request_duration_seconds_count",
        "dotnet_process_memory_working_set_bytes",
        "http.server.request.duration",
        "dotnet.process.memory.working_set",
    ];

    public static TheoryData<string> PrometheusQueries =>
        [.. Dashboards.PrometheusPanels.Concat(Dashboards.PrometheusAlerts.Select(a => a.Query)).Distinct()];

    public static TheoryData<string> AzureAlerts => [.. Dashboards.AzureAlerts.Select(a => a.Query)];

    [Theory]
    [MemberData(nameof(PrometheusQueries))]
    public void Every_metric_of_a_query_of_Prometheus_exists(string query)
    {
        Assert.NotEmpty(Dashboards.MetricsOf(query));
        Assert.All(Dashboards.MetricsOf(query), Exists);
    }

    [Theory]
    [MemberData(nameof(AzureAlerts))]
    public void Every_metric_of_an_alert_of_Azure_Monitor_exists(string query)
    {
        Assert.True(Dashboards.MetricsOfKql(query).Any() || query.StartsWith("AppRequests ", StringComparison.Ordinal), query);
        Assert.All(Dashboards.MetricsOfKql(query), Exists);
    }

    [Fact]
    public void Every_metric_of_a_panel_over_Azure_Monitor_exists() => Assert.All(Dashboards.AzurePanelMetrics, Exists);

    [Fact]
    public void Both_have_the_same_alerts() =>
        Assert.Equal(Dashboards.PrometheusAlerts.Select(a => a.Name).Order(), Dashboards.AzureAlerts.Select(a => a.Name).Order());

    [Fact]
    public async Task The_dashboards_are_what_their_panels_say()
    {
        var (code, _, error) = await Tool.Run(Repository.Root, "node", "eng/dashboards.mjs", "--check");

        Assert.Equal((0, ""), (code, error));
    }

    private static void Exists(string metric)
    {
        var name = HubMetrics.All.Any(i => i.Name == metric) ? metric : Base(metric);
        Assert.True(
            OfTheRuntime.Contains(metric) || HubMetrics.All.Any(i => i.Name == name),
            $"there is no metric '{metric}': docs/reference/metrics.md lists those that there are"
        );
    }

    /// <summary>A histogram's name, of the name of one of its series.</summary>
    private static string Base(string series) =>
        new[] { "_bucket", "_sum", "_count" }
            .Where(suffix => series.EndsWith(suffix, StringComparison.Ordinal))
            .Select(suffix => series[..^suffix.Length])
            .FirstOrDefault(series);
}
