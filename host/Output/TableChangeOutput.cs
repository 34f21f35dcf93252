using System.Text.Json.Nodes;
using ServerlessHub.Host.Commands;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub tables diff --json</c> prints.</summary>
/// <param name="Table">The table's name in full.</param>
/// <param name="From">The version that is compared with.</param>
/// <param name="To">The version that is compared.</param>
/// <param name="Counts">How many rows differ.</param>
/// <param name="Columns">How the columns differ, in words.</param>
/// <param name="Rows">The first rows that differ, each with a property <c>change</c>: added, removed or changed.</param>
internal sealed record TableDiffOutput(
    string Table,
    long From,
    long To,
    TableDiffCounts Counts,
    IReadOnlyList<string> Columns,
    IReadOnlyList<JsonNode> Rows
);

/// <summary>How many rows differ between two versions.</summary>
/// <param name="Added">Rows that only the later version has.</param>
/// <param name="Removed">Rows that only the earlier version has.</param>
/// <param name="Changed">Rows of one key with other values; 0 without keys.</param>
internal sealed record TableDiffCounts(long Added, long Removed, long Changed);

/// <summary>What <c>hub tables constraints --json</c> prints.</summary>
/// <param name="Table">The table's name in full.</param>
/// <param name="Constraints">Its constraints, by name.</param>
internal sealed record ConstraintsOutput(string Table, IReadOnlyList<ConstraintOutput> Constraints);

/// <summary>A condition that each row of a table fulfils.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Condition">The condition, in SQL.</param>
internal sealed record ConstraintOutput(string Name, string Condition);

/// <summary>What <c>hub tables properties --json</c> prints.</summary>
/// <param name="Table">The table's name in full.</param>
/// <param name="Properties">Its properties, by name.</param>
internal sealed record TablePropertiesOutput(string Table, IReadOnlyDictionary<string, string?> Properties);

/// <summary>What a command that changes a table prints.</summary>
/// <param name="Table">The table's name in full.</param>
/// <param name="Version">The version that it made.</param>
internal sealed record TableCommitOutput(string Table, long Version)
{
    /// <summary>Tells what was done.</summary>
    internal static void Write(Invocation invocation, TableName table, long version, string done)
    {
        if (invocation.Json)
            invocation.Terminal.WriteJson(new TableCommitOutput(table.ToString(), version), OutputJson.Default.TableCommitOutput);
        else
            invocation.Terminal.WriteLine($"{done}: {table} is at version {version}");
    }
}
