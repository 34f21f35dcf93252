using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;

namespace ServerlessHub.Lake;

/// <summary>A data file that is part of a snapshot.</summary>
public sealed class DataFile
{
    private static readonly Dictionary<string, string?> Unpartitioned = [];
    private readonly Lazy<FileStatistics> _statistics;

    internal DataFile(AddFile action)
    {
        Action = action;
        Path = FileKey.Decode(action.Path);
        _statistics = new(() => FileStatistics.Parse(action.Stats));
    }

    /// <summary>Where it is, relative to the table, with <c>/</c> between its parts.</summary>
    public string Path { get; }

    /// <summary>Its size in bytes.</summary>
    public long Size => Action.Size;

    /// <summary>How many rows it holds, or null if its writer did not say.</summary>
    public long? Rows => Statistics.Rows;

    /// <summary>The value of each partition column, as the log spells it; null is null.</summary>
    public IReadOnlyDictionary<string, string?> PartitionValues => Action.PartitionValues ?? Unpartitioned;

    internal AddFile Action { get; }

    internal FileStatistics Statistics => _statistics.Value;
}
