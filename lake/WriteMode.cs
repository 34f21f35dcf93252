namespace ServerlessHub.Lake;

/// <summary>What a write does with the rows that the table has.</summary>
public enum WriteMode
{
    /// <summary>They stay; the incoming rows come in addition.</summary>
    Append,

    /// <summary>They go, all of them.</summary>
    Overwrite,

    /// <summary>They go from each partition for which a row comes in; the other partitions stay.</summary>
    OverwritePartitions,

    /// <summary>They go where <see cref="WriteOptions.ReplaceWhere"/> is true; the others stay.</summary>
    OverwriteWhere,

    /// <summary>A row with the keys of an incoming one is replaced by it, or deleted; an incoming row that finds none is inserted.</summary>
    Merge,

    /// <summary>
    /// They stay as history ("slowly changing dimension of type 2"): where an incoming row differs from the current one of its keys, that
    /// one is closed and the incoming one becomes current. An incoming row that is not newer than the current one of its keys is late: it
    /// is left out, and counted.
    /// </summary>
    History,
}
