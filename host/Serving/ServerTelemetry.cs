using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ServerlessHub.Api;

namespace ServerlessHub.Host.Serving;

/// <summary>
/// What a server tells of itself: logs on its console, metrics for Prometheus at <c>/metrics</c>, and all of it, with traces, over OTLP where one of the
/// standard variables names a collector (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, or the one of a signal).
/// </summary>
internal static class ServerTelemetry
{
    private const string OwnInstruments = "ServerlessHub.*";

    private static readonly string[] Metrics =
    [
        OwnInstruments,
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "System.Runtime",
    ];

    private static bool HasCollector(string signal) =>
        new[] { "OTEL_EXPORTER_OTLP_ENDPOINT", $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT" }.Any(name =>
            Environment.GetEnvironmentVariable(name) is { Length: > 0 }
        );

    /// <summary>Where a server's logs go.</summary>
    public static ILoggerFactory Logs() =>
        LoggerFactory.Create(logging =>
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.IncludeScopes = true;
                console.TimestampFormat = "yyyy-MM-dd HH:mm:ss'Z' ";
                console.UseUtcTimestamp = true;
            });
            logging.AddFilter("Microsoft", LogLevel.Warning);
            // The run of a line is its scope; requests and connections are in their trace.
            logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.None);
            if (HasCollector("LOGS"))
                logging.AddOpenTelemetry(options =>
                {
                    options.IncludeScopes = true;
                    options.IncludeFormattedMessage = true;
                    options.SetResourceBuilder(Describe(ResourceBuilder.CreateDefault()));
                    options.AddOtlpExporter();
                });
        });

    /// <summary>Adds the metrics, and the traces where somebody takes them.</summary>
    public static void AddTelemetry(this IServiceCollection services)
    {
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Metrics).AddPrometheusExporter();
            if (HasCollector("METRICS"))
                metrics.AddOtlpExporter();
        });
        if (HasCollector("TRACES"))
            telemetry.WithTracing(traces => traces.AddSource(OwnInstruments, "Microsoft.AspNetCore").AddOtlpExporter());
    }

    /// <summary>Serves the metrics; behind the API, which asks for the key.</summary>
    public static void UseMetrics(this IApplicationBuilder app) => app.UseOpenTelemetryPrometheusScrapingEndpoint(HubApi.MetricsPath);

    private static ResourceBuilder Describe(ResourceBuilder resource) =>
        resource
            .AddService("serverlesshub", serviceVersion: Assembly.GetExecutingAssembly().GetName().Version!.ToString(3))
            .AddEnvironmentVariableDetector();
}
