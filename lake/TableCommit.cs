using System.Text.Json.Nodes;
using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake;

/// <summary>One commit of a table, as far as those care who wait for changes.</summary>
/// <param name="Version">The version that it made.</param>
/// <param name="ChangesRows">Whether rows came, went or changed; false for maintenance, and for a change of properties.</param>
/// <param name="Info">All that its writer recorded; empty if nothing.</param>
public sealed record TableCommit(long Version, bool ChangesRows, JsonObject Info)
{
    internal static TableCommit From(long version, IReadOnlyList<LogAction> actions) =>
        new(
            version,
            actions.Any(action => (action.Add?.DataChange ?? action.Remove?.DataChange) == true),
            actions.Select(action => action.CommitInfo).FirstOrDefault(info => info is not null) ?? []
        );
}
