namespace ServerlessHub.Orchestrations.Exports;

/// <summary>How the rows of a table are written as text.</summary>
public enum ExportFormat
{
    /// <summary>RFC 4180 with a header: null is nothing, the empty string <c>""</c>.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    Json,
}
