using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake;

/// <summary>A data file that is part of a snapshot, without the rows of it that a deletion vector deletes.</summary>
public sealed class DataFile
{
    private static readonly Dictionary<string, string?> Unpartitioned = [];
    private readonly IReadOnlyList<SchemaField>? _partitionFields;

    internal DataFile(AddFile action, IReadOnlyList<SchemaField>? partitionFields = null)
    {
        Action = action;
        Path = FileKey.Decode(action.Path);
        Selection = new(action.DeletionVector);
        _partitionFields = partitionFields;
    }

    /// <summary>Where it is, relative to the table, with <c>/</c> between its parts; some writers have absolute paths.</summary>
    public string Path { get; }

    /// <summary>Its size in bytes, deleted rows among them.</summary>
    public long Size => Action.Size;

    /// <summary>How many rows of it are in the table, or null if its writer did not say.</summary>
    public long? Rows => FileStatistics.ReadRows(Action.Stats) - DeletedRows;

    /// <summary>How many of its rows are listed as deleted.</summary>
    public long DeletedRows => Action.DeletionVector?.Cardinality ?? 0;

    /// <summary>The value of each partition column, as the log spells it; null is null.</summary>
    public IReadOnlyDictionary<string, string?> PartitionValues =>
        _partitionFields is null
            ? Action.PartitionValues ?? Unpartitioned
            : _partitionFields.ToDictionary(
                column => column.Name,
                column => Action.PartitionValues?.GetValueOrDefault(column.PhysicalName)
            );

    /// <summary>What tells it from any other file of the table, and from itself with other rows deleted.</summary>
    public string Identity => Action.DeletionVector is { } vector ? $"{Path}\n{vector.UniqueId}" : Path;

    /// <summary>Which of its rows are meant.</summary>
    internal RowSelection Selection { get; init; }

    /// <summary>Whether not all of its rows are meant.</summary>
    internal bool IsFiltered => Selection != default;

    internal AddFile Action { get; }

    /// <summary>Read anew each time: all files' statistics at once would take more memory than all else that is known of them.</summary>
    internal FileStatistics Statistics => FileStatistics.Parse(Action.Stats);
}
