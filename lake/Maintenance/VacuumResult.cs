namespace ServerlessHub.Lake.Maintenance;

/// <summary>What a vacuum did.</summary>
/// <param name="FilesDeleted">The files that it deleted.</param>
/// <param name="BytesDeleted">Their size.</param>
/// <param name="FoldersDeleted">Folders that had been empty for as long.</param>
/// <param name="FoldersVisited">The folders of the table that were looked at, its own among them.</param>
/// <param name="Version">The version of the table that says that it ended.</param>
public sealed record VacuumResult(long FilesDeleted, long BytesDeleted, int FoldersDeleted, int FoldersVisited, long Version);
