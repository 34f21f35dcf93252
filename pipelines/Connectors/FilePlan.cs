using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>What files are to be written, and where.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Text">The place as the user knows it.</param>
/// <param name="Location">The folder of parts or, for a single file, the file; absolute and without links.</param>
/// <param name="Ending">The files' ending, that of their compression included.</param>
/// <param name="CopyOptions">The options of the engine's COPY.</param>
/// <param name="Value">A column as the format holds it, in SQL.</param>
internal sealed record FilePlan(string Target, string Text, string Location, string Ending, string CopyOptions, Func<Column, string> Value)
{
    /// <summary>What happens if something is there.</summary>
    public required OnExisting Mode { get; init; }

    /// <summary>The columns by whose values files are kept in folders of their own.</summary>
    public IReadOnlyList<string> PartitionBy { get; init; } = [];

    /// <summary>Whether it is one file instead of a folder of parts.</summary>
    public bool IsSingle { get; init; }

    /// <summary>The compression that the hub applies to what the engine wrote; null where the engine does it itself, or there is none.</summary>
    public string? CompressAfterwards { get; init; }
}

/// <summary>What a file target does where something is already.</summary>
internal enum OnExisting
{
    /// <summary>Files are added to it.</summary>
    Append,

    /// <summary>It is replaced.</summary>
    Overwrite,

    /// <summary>Nothing is written.</summary>
    Ignore,

    /// <summary>The run fails.</summary>
    Error,
}
