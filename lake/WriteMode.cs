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

    /// <summary>A row with the keys of an incoming one is replaced by it, or deleted; an incoming row that finds none is inserted.</summary>
    Merge,
}
