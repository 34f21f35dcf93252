using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Streams.Definitions;

/// <summary>A summary of a flattened table.</summary>
/// <param name="Element">The element that says it; its attributes are those of the step <c>aggregate</c>.</param>
/// <param name="Id">Its name.</param>
/// <param name="Table">The table of the summary, as the document names it.</param>
/// <param name="Source">The flattened table it is of, as the document names it; null for the root.</param>
/// <param name="AllowedLateness">How long after its end a window is still corrected.</param>
public sealed record DriverDefinition(Element Element, string Id, string Table, string? Source, TimeSpan AllowedLateness)
{
    internal static DriverDefinition Read(Element driver) =>
        new(driver, driver["id"]!, driver["table"]!, driver["source"], Durations.Of(driver, "allowedLateness")!.Value);
}
