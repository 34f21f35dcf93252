namespace ServerlessHub.Lake.Log;

/// <summary>How Parquet files of a table are written, data files and checkpoints alike.</summary>
internal static class ParquetFormat
{
    /// <summary>
    /// Where Spark says which of its versions wrote a file. Of a file that does not say, it does not know by which calendar days before 1582 and instants before 1900 are meant, and fails at
    /// them, or moves them; since 3.0 it writes what everybody else does.
    /// </summary>
    private const string Calendar = "KV_METADATA {'org.apache.spark.version': '3.5.0'}";

    /// <summary>The options with which the engine copies rows to files.</summary>
    public static string Options(TableMetadata metadata) => $"FORMAT parquet, COMPRESSION {Codec(metadata)}, {Calendar}";

    private static string Codec(TableMetadata metadata) =>
        metadata.Property("delta.parquet.compression.codec")?.ToUpperInvariant() switch
        {
            "NONE" or "UNCOMPRESSED" => "uncompressed",
            "SNAPPY" => "snappy",
            "GZIP" => "gzip",
            "LZ4_RAW" => "lz4_raw",
            _ => "zstd",
        };
}
