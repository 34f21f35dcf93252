using System.Reflection;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Resources;

namespace ServerlessHub.Functions;

/// <summary>What the app tells of itself: traces, metrics and logs for Azure Monitor, where a connection string names it, as the app's identity.</summary>
internal static class AppTelemetry
{
    /// <summary>The setting that says where it goes.</summary>
    public const string Connection = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    private const string OwnInstruments = "ServerlessHub.*";
    private const string Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>Adds it.</summary>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService("serverlesshub", serviceVersion: Assembly.GetExecutingAssembly().GetName().Version!.ToString(3))
            )
            .WithMetrics(metrics => metrics.AddMeter(OwnInstruments))
            .WithTracing(traces => traces.AddSource(OwnInstruments));
        telemetry.UseFunctionsWorkerDefaults();
        // The run of a line is its scope.
        services.AddLogging(logging => logging.AddOpenTelemetry(options => options.IncludeScopes = true));
        if (configuration[Connection] is not { Length: > 0 } connection)
            return;
        telemetry.UseAzureMonitorExporter(options =>
        {
            options.ConnectionString = connection;
            if (configuration[Authentication]?.Contains("Authorization=AAD", StringComparison.OrdinalIgnoreCase) == true)
                options.Credential = new DefaultAzureCredential();
        });
    }
}
