using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;
using ServerlessHub.Pipelines.Steps;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Planning;

/// <summary>Tells what a driver computes.</summary>
internal static class DriverPlanner
{
    // These cannot be carried on from a row: they need the values of its window.
    private static readonly string[] OfValues = ["countDistinct", "median", "p95"];

    /// <summary>What a driver computes of a flattened table; reports what is wrong and returns null then.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="source">The table, whose columns may not be known.</param>
    /// <param name="binder">Binds.</param>
    /// <param name="findings">Where findings go.</param>
    public static Aggregate? Bind(DriverDefinition driver, Dataset source, ExpressionBinder binder, Diagnostics findings) =>
        AggregateStep.Read(
            driver.Element,
            source,
            BindScope.OfRecords(binder, driver.Element["timeZone"]!, findings),
            FlatTable.EnqueuedAt
        );

    /// <summary>Reports what cannot be kept up to date as events come.</summary>
    /// <param name="driver">The driver.</param>
    /// <param name="isMerge">Whether rows of its table may be replaced.</param>
    /// <param name="findings">Where findings go.</param>
    public static void CheckUpkeep(DriverDefinition driver, bool isMerge, Diagnostics findings)
    {
        var element = driver.Element;
        if (element.Has("window"))
            return;
        if (element.Has("allowedLateness"))
            findings.Add(
                Rule.ConflictingAttributes,
                element.LocationOf("allowedLateness"),
                "allowedLateness is given without a window",
                "add window=, such as window=\"PT5M\"; without one nothing is ever late"
            );
        if (isMerge)
            findings.Add(
                Rule.Unsupported,
                element.Location,
                $"'{driver.Id}' has no window, and rows of its table are replaced: each change would need all rows again",
                "add window=, such as window=\"daily\", or let the stream append: mode=\"append\""
            );
        var metrics = element.Source("metrics")!;
        foreach (var (metric, offset) in NameList.Located(metrics.Value))
            if (metric.Split(':')[0] is var function && OfValues.Contains(function))
                findings.Add(
                    Rule.Unsupported,
                    metrics.LocationAt(offset),
                    $"{function} without a window would need all rows again for each batch",
                    "add window=, such as window=\"daily\""
                );
    }
}
