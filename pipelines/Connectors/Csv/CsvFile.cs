using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>A file of a scan, and where in its records the scan's columns are.</summary>
/// <param name="File">The file.</param>
/// <param name="FieldCount">How many fields a record must have.</param>
/// <param name="FieldOf">For each column of the source the field that holds it, or -1 where the file lacks it.</param>
internal sealed record CsvFile(SourceFile File, int FieldCount, IReadOnlyList<int> FieldOf);
