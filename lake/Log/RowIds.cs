using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Log;

/// <summary>
/// Numbers the rows that a commit brings: the protocol's row tracking. Each file gets a range of numbers that no row of the table ever had, and
/// the version that brought it.
/// </summary>
internal sealed class RowIds
{
    private const string Domain = "delta.rowTracking";
    private const string Mark = "rowIdHighWaterMark";

    private readonly string _table;
    private long _highest = -1;

    private RowIds(string table) => _table = table;

    /// <summary>What numbers the rows of a table; null if nothing does.</summary>
    /// <param name="table">The table's path.</param>
    /// <param name="protocol">Its protocol.</param>
    /// <param name="metadata">Its properties.</param>
    /// <param name="state">What its log says, up to the version that a write was made on; null if there is no table yet.</param>
    /// <exception cref="LakeException">The log says in no readable way which numbers were given.</exception>
    public static RowIds? Of(string table, TableProtocol protocol, TableMetadata metadata, TableState? state)
    {
        if (!protocol.Supports(RowTracking.Feature) || metadata.IsSet("delta.rowTrackingSuspended"))
            return null;
        var ids = new RowIds(table);
        foreach (var domain in state?.Domains ?? [])
            ids.See(domain);
        return ids;
    }

    /// <summary>Takes note of the numbers that another commit gave.</summary>
    public void See(IEnumerable<LogAction> commit)
    {
        foreach (var domain in commit.Select(action => action.DomainMetadata).OfType<DomainMetadata>())
            See(domain);
    }

    /// <summary>The commit with numbers for its rows, as the version that it is to become.</summary>
    /// <exception cref="LakeException">Of a file that has no numbers it is not known how many it needs.</exception>
    public IReadOnlyList<LogAction> Number(IReadOnlyList<LogAction> commit, long version)
    {
        var next = _highest + 1;
        var numbered = new List<LogAction>(commit.Count + 1);
        foreach (var action in commit)
        {
            if (action.Add is not { BaseRowId: null } file)
            {
                numbered.Add(action);
                continue;
            }
            numbered.Add(action with { Add = file with { BaseRowId = next, DefaultRowCommitVersion = version } });
            next += FileStatistics.ReadRows(file.Stats) ?? throw Uncounted(file);
        }
        if (next > _highest + 1)
            numbered.Add(
                new()
                {
                    DomainMetadata = new()
                    {
                        Domain = Domain,
                        Configuration = Configuration(next - 1),
                        Removed = false,
                    },
                }
            );
        return numbered;
    }

    private static string Configuration(long highest) => new JsonObject { [Mark] = highest }.ToJsonString();

    private void See(DomainMetadata domain)
    {
        if (domain.Domain != Domain || domain.Removed == true)
            return;
        try
        {
            _highest = Math.Max(_highest, JsonNode.Parse(domain.Configuration ?? "")![Mark]!.GetValue<long>());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new LakeException(
                _table,
                $"its log does not say which numbers its rows have ({Domain}: {domain.Configuration}).",
                cause: e
            );
        }
    }

    private LakeException Uncounted(AddFile file) =>
        new(
            _table,
            "its rows are numbered (rowTracking), and of a data file that is added again it is not known how many rows it has.",
            file: FileKey.Decode(file.Path)
        );
}
