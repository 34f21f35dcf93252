using System.CommandLine;
using System.Globalization;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Replaying;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub streams replay</c></summary>
internal sealed class StreamsReplayCommand : HubCommand
{
    private static readonly Option<bool> FromRaw = new("--from-raw") { Description = "Replay all that the raw table has." };

    private static readonly Option<string[]> FromOffset = new("--from-offset")
    {
        Description = "Replay a partition from an offset on, such as orders/3:4711. May be repeated; other partitions are left out.",
        HelpName = "topic/number:offset",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> FromTime = new("--from-time")
    {
        Description = "Replay what the source took at a time or later.",
        HelpName = "time",
    };

    private static readonly Option<bool> Compare = new("--compare") { Description = "Compare what was replayed with the stream's tables." };

    private static readonly Option<bool> Swap = new("--swap")
    {
        Description = "Put what was replayed in the place of the stream's tables.",
    };

    private static readonly Option<bool> Drop = new("--drop") { Description = "Delete what was replayed." };

    private static readonly Option<int> Rows = new("--rows", "-n")
    {
        Description = "How many differing rows of a table at most; 5 unless given.",
        HelpName = "count",
        DefaultValueFactory = _ => 5,
    };

    public StreamsReplayCommand()
        : base("replay", "Make a stream's tables again from its raw table, beside those that it has.")
    {
        Arguments.Add(StreamArguments.Stream);
        Options.Add(FromRaw);
        Options.Add(FromOffset);
        Options.Add(FromTime);
        Options.Add(Compare);
        Options.Add(Swap);
        Options.Add(Drop);
        Options.Add(Rows);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.Invalid, ExitCode.NotFound];
        JsonOutput = typeof(ReplayOutput);
        Details = """
            The events of the raw table go through the later phases again, as the document is now, into tables beside the stream's own: <table>__replay. The raw
            table is read and never written, and the stream may run meanwhile. What is interrupted goes on when it is done again.

            --swap first brings the replay to where the stream is, then makes its rows the tables', in one commit a table, and drops it. It takes a replay of all of
            the raw table. Interrupted, it is done again.
            """;
        Examples =
        [
            ("hub streams replay web_orders --from-raw --compare", "What would be another by the document as it is now."),
            ("hub streams replay web_orders --from-time 2026-11-27T06:00Z --compare", "The same for today's events, which is quicker."),
            ("hub streams replay web_orders --swap", "Put it in place."),
            ("hub streams replay web_orders --drop", "Or do not."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var stream = StreamArguments.Read(invocation, root);
        var (start, compares, swaps, drops) = (
            Start(invocation),
            invocation.Value(Compare),
            invocation.Value(Swap),
            invocation.Value(Drop)
        );
        if (swaps && drops)
            throw CommandException.Usage("--swap and --drop cannot both be", "--swap drops the replay once it is in place");
        if (start is null && !compares && !swaps && !drops)
            throw CommandException.Usage("it is not said from where", "give --from-raw, --from-offset or --from-time");
        var replay = new StreamReplay(root, stream);
        var made = start is null ? replay.Find() : replay.Run(start, invocation.Cancellation);
        var differences = new List<TableDiff>();
        IReadOnlyList<ReplayedTableOutput> tables =
            compares || start is not null ? Tables(invocation, root, replay, compares ? differences : null) : [];
        if (swaps)
            replay.Swap(invocation.Cancellation);
        if (drops)
            replay.Drop(invocation.Cancellation);
        var output = ReplayOutput.Of(stream, made, tables, swaps, drops);
        if (invocation.Json)
            invocation.Terminal.WriteJson(output, OutputJson.Default.ReplayOutput);
        else
            ReplayText.Write(invocation.Terminal, output, differences);
        return ExitCode.Done;
    }

    private static ReplayStart? Start(Invocation invocation)
    {
        var (offsets, time) = (invocation.Value(FromOffset)!, invocation.Value(FromTime));
        var ways = (invocation.Value(FromRaw) ? 1 : 0) + (offsets.Length > 0 ? 1 : 0) + (time is null ? 0 : 1);
        if (ways > 1)
            throw CommandException.Usage("it is said more than once from where", "give one of --from-raw, --from-offset and --from-time");
        if (ways == 0)
            return null;
        if (time is not null)
            return new(Time: TableArguments.Time(time));
        return offsets.Length == 0 ? ReplayStart.OfAll : new(offsets.Select(Offset).ToDictionary(o => o.Partition, o => o.Offset));
    }

    private static (SourcePartition Partition, long Offset) Offset(string text) =>
        text.LastIndexOf(':') is > 0 and var colon
        && long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? (StreamArguments.Partition(text[..colon]), offset)
            : throw CommandException.Usage($"'{text}' is no offset of a partition", "write topic/number:offset, such as orders/3:4711");

    /// <summary>The tables, compared if there is a list of differences to fill.</summary>
    private static List<ReplayedTableOutput> Tables(Invocation invocation, HubRoot root, StreamReplay replay, List<TableDiff>? differences)
    {
        var rows = TableArguments.Count(invocation.Value(Rows));
        using var engine = new QueryEngine(root);
        var tables = new List<ReplayedTableOutput>();
        foreach (var (table, shadow, keys, where) in replay.Tables(invocation.Cancellation))
        {
            var (now, replayed) = (LakeTable.Open(root, table).TryRead(), LakeTable.Open(root, shadow).TryRead());
            TableDiff? difference = null;
            if (differences is not null && now is not null && replayed is not null)
                differences.Add(
                    difference = TableDiff.Compare(
                        engine.Connection,
                        table.ToString(),
                        now,
                        replayed,
                        keys,
                        rows,
                        invocation.Cancellation,
                        where
                    )
                );
            tables.Add(new(table.ToString(), shadow.ToString(), now?.Rows, replayed?.Rows, difference?.ToOutput()));
        }
        return tables;
    }
}
