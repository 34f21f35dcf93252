using System.CommandLine;
using System.Globalization;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary>What the commands on tables take, and how they name their commits.</summary>
internal static class TableArguments
{
    /// <summary>The table a command is about.</summary>
    public static Argument<string> Table { get; } =
        new("table") { Description = "The table: layer.table, or app.layer.table where several applications have one of that name." };

    /// <summary>How much memory a command may take.</summary>
    public static Option<string?> Memory { get; } =
        new("--memory")
        {
            Description =
                "Memory for the command, such as 1GB, the process itself counted; what does not fit goes to disk. 60 % of the machine's unless given.",
            HelpName = "size",
        };

    /// <summary>An engine within that memory.</summary>
    /// <exception cref="CommandException">It is no size.</exception>
    public static QueryEngine Engine(Invocation invocation, HubRoot root) => new(root, MemoryOf(invocation));

    /// <summary>The bytes of <see cref="Memory"/>; null where it was not typed.</summary>
    /// <exception cref="CommandException">It is no size.</exception>
    public static long? MemoryOf(Invocation invocation) => invocation.Value(Memory) is { } text ? ByteSize.Parse(text) : null;

    /// <summary>A version, where one was typed.</summary>
    /// <exception cref="CommandException">It is negative.</exception>
    public static long? Version(long? version) =>
        version < 0 ? throw CommandException.Usage($"{version} is no version", "the first version of a table is 0") : version;

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

    /// <summary>Stages a change of a table and commits it, and tells the version it made.</summary>
    /// <param name="invocation">The command.</param>
    /// <param name="stage">Stages it.</param>
    /// <exception cref="CommandException">Other writers were in the way each time.</exception>
    public static long Commit(Invocation invocation, Func<CommitOptions, StagedWrite> stage)
    {
        var options = Commit();
        using var write = new RepeatableWrite(() => stage(options));
        switch (write.Commit(invocation.Cancellation))
        {
            case CommitResult.Committed committed:
                if (committed.Warning is { } warning)
                    invocation.Terminal.Error.WriteLine($"warning: {warning}");
                return committed.Version;
            case CommitResult.Conflicted conflicted:
                throw new CommandException(
                    ExitCode.Failed,
                    $"other writers changed the table each time this was tried: {conflicted.Reason}",
                    "nothing was changed by this command; look at the table's history, then do it again"
                );
            case var other:
                throw new InvalidOperationException($"A new transaction ended as {other}.");
        }
    }
}
