using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>Opens the lake's tables of a hub root.</summary>
internal static class LakeTable
{
    /// <summary>A table, which need not be there.</summary>
    public static DeltaTable Open(HubRoot root, TableName name) => new(root.Storage, name.Folder);

    /// <summary>A table as it is, or was at a version or a time.</summary>
    /// <exception cref="CommandException">The version is not there.</exception>
    /// <exception cref="LakeException">The log is damaged.</exception>
    public static Snapshot Read(HubRoot root, TableName name, long? version = null, DateTimeOffset? time = null) =>
        Open(root, name).TryRead(version, time) ?? throw CommandException.NotFound($"table {name} has no commit yet");
}
