namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub tables optimize --json</c> prints.</summary>
/// <param name="Table">The table's name in full.</param>
/// <param name="Version">The last version that it made; none if there was nothing to do.</param>
/// <param name="Commits">How many it made.</param>
/// <param name="FilesRemoved">The files that were written anew.</param>
/// <param name="FilesAdded">The files that have their rows now.</param>
/// <param name="BytesRemoved">The size of the former.</param>
/// <param name="BytesAdded">The size of the latter.</param>
/// <param name="Rows">The rows in them.</param>
internal sealed record OptimizeOutput(
    string Table,
    long? Version,
    int Commits,
    int FilesRemoved,
    int FilesAdded,
    long BytesRemoved,
    long BytesAdded,
    long Rows
);

/// <summary>What <c>hub tables vacuum --json</c> prints.</summary>
/// <param name="Table">The table's name in full.</param>
/// <param name="Deleted">Whether the files were deleted, rather than only looked for.</param>
/// <param name="Files">How many there are.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Paths">Where they are, the first 1,000 of them, if they were only looked for.</param>
internal sealed record VacuumOutput(string Table, bool Deleted, long Files, long Bytes, IReadOnlyList<string> Paths);
