using System.CommandLine;
using System.Globalization;
using ServerlessHub.Lake;

namespace ServerlessHub.Host.Commands;

/// <summary>What the commands on tables take, and how they name their commits.</summary>
internal static class TableArguments
{
    /// <summary>The table a command is about.</summary>
    public static Argument<string> Table { get; } =
        new("table") { Description = "The table: layer.table, or app.layer.table where several applications have one of that name." };

    /// <summary>A number of rows or lines to show.</summary>
    /// <exception cref="CommandException">It is negative.</exception>
    public static int Count(int count) =>
        count >= 0 ? count : throw CommandException.Usage($"{count} rows cannot be shown", "-n takes a number from 0 on");

    /// <summary>A point in time; one without an offset is UTC.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw CommandException.Usage($"'{text}' is no time", "write 2026-01-31T18:00:00Z, or 2026-01-31");

    /// <summary>How a commit that a person asks for is known: each is work of its own.</summary>
    public static CommitOptions Commit() =>
        new()
        {
            TransactionId = $"hub-tables-{Guid.NewGuid():N}",
            CommitInfo = new Dictionary<string, string> { ["userName"] = Environment.UserName },
        };

    /// <summary>Commits what was staged, and tells the version it made.</summary>
    /// <exception cref="CommandException">Another writer was in the way.</exception>
    public static long Commit(this StagedWrite staged, Invocation invocation)
    {
        using (staged)
            switch (staged.Commit(invocation.Cancellation))
            {
                case CommitResult.Committed committed:
                    if (committed.Warning is { } warning)
                        invocation.Terminal.Error.WriteLine($"warning: {warning}");
                    return committed.Version;
                case CommitResult.Conflicted conflicted:
                    throw new CommandException(
                        ExitCode.Failed,
                        $"another writer changed the table meanwhile: {conflicted.Reason}",
                        "nothing was changed by this command; look at the table's history, then do it again"
                    );
                case var other:
                    throw new InvalidOperationException($"A new transaction ended as {other}.");
            }
    }
}
