using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Infra.Tests;

/// <summary>Holds <c>docs/reference/metrics.md</c> and the instruments in the code together.</summary>
public sealed partial class MetricReferenceTests
{
    private const string Command = "HUB_UPDATE_REFERENCE=1 dotnet test tests/Infra.Tests --filter FullyQualifiedName~MetricReferenceTests";

    [Fact]
    public void The_reference_lists_the_metrics_that_the_code_has()
    {
        var text = Page();
        var path = Repository.PathOf("docs", "reference", "metrics.md");
        if (Environment.GetEnvironmentVariable("HUB_UPDATE_REFERENCE") == "1")
            File.WriteAllText(path, text);

        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == text,
            $"docs/reference/metrics.md is stale; write it anew with: {Command}"
        );
    }

    [Fact]
    public void Metrics_are_named_as_Prometheus_wants_them_and_are_explained()
    {
        Assert.NotEmpty(HubMetrics.All);
        Assert.Equal(HubMetrics.All.Count, HubMetrics.All.Select(i => i.Name).Distinct().Count());
        Assert.All(HubMetrics.All, i => Assert.Matches(Name(), i.Name));
        Assert.All(HubMetrics.All, i => Assert.False(string.IsNullOrWhiteSpace(i.Description), i.Name));
        Assert.All(HubMetrics.All, i => Assert.Equal(KindOf(i) == "counter", i.Name.EndsWith("_total", StringComparison.Ordinal)));
        Assert.All(HubMetrics.All, i => Assert.Equal(i.Unit == "s", i.Name.EndsWith("_seconds", StringComparison.Ordinal)));
    }

    private static string Page()
    {
        var text = new StringBuilder(
            """
            # Metrics

            <!-- Generated from the code. Do not edit. -->

            The names are the same at `/metrics` of `hub serve`, over OTLP and in Azure Monitor. A histogram is three series for Prometheus: `_bucket`, `_sum` and
            `_count`. Requests and the process itself are measured by .NET: `http_server_request_duration_seconds`, `dotnet_process_memory_working_set_bytes`, …

            | metric | kind | what it tells |
            | --- | --- | --- |

            """
        );
        foreach (var instrument in HubMetrics.All)
            text.Append($"| `{instrument.Name}` | {KindOf(instrument)} | {instrument.Description}. |\n");
        return text.ToString();
    }

    private static string KindOf(Instrument instrument) =>
        instrument.GetType().Name switch
        {
            "Counter`1" or "ObservableCounter`1" => "counter",
            "Histogram`1" => "histogram",
            _ => "gauge",
        };

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex Name();
}
