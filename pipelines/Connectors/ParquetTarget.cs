using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary><c>parquet</c> as a target: Parquet files.</summary>
public sealed class ParquetTarget : FileTarget
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("parquet", "Writes Parquet files.")
        {
            Attributes = FileAttributes(["none", "gzip", "snappy", "zstd"], "zstd"),
            Example = """<parquet path="export/customers" mode="overwrite" partitionBy="country"/>""",
        };

    /// <inheritdoc/>
    protected internal override string Ending => ".parquet";

    /// <inheritdoc/>
    protected internal override string CopyOptions(Element target) => "FORMAT parquet";

    /// <inheritdoc/>
    protected internal override string CompressionEnding(string compression) => "";
}
