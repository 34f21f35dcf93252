using System.CommandLine;
using System.Globalization;
using ServerlessHub.Host.Output;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Maintenance;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables vacuum</c></summary>
internal sealed class TablesVacuumCommand : HubCommand
{
    private const int ShownPaths = 1000;

    private static readonly Option<string?> OlderThan = new("--older-than")
    {
        Description =
            "How long ago files must have been taken out of the table, such as 30d or 12h; by itself 7d, or what the table's property says.",
        HelpName = "time",
    };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only show the files that would be deleted." };

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Allow less time than the table's property says. Only while nobody writes to the table or reads older versions.",
    };

    public TablesVacuumCommand()
        : base("vacuum", "Delete files that no version of a table needs any more.")
    {
        Details = "Versions that are older than the time can then not be read or restored. The table's rows and its history stay.";
        Arguments.Add(TableArguments.Table);
        Options.Add(OlderThan);
        Options.Add(DryRun);
        Options.Add(Force);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(VacuumOutput);
        Examples =
        [
            ("hub tables vacuum staging.events --dry-run", "What would go."),
            ("hub tables vacuum staging.events --older-than 30d", "Keep a month."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var options = new VacuumOptions
        {
            OlderThan = invocation.Value(OlderThan) is { } text ? Time(text) : null,
            Force = invocation.Value(Force),
            CommitInfo = TableArguments.Commit().CommitInfo,
        };
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        var table = LakeTable.Open(root, name);
        var output = invocation.Value(DryRun) ? Look(invocation, $"{name}", table, options) : Delete(invocation, $"{name}", table, options);
        if (invocation.Json)
            invocation.Terminal.WriteJson(output, OutputJson.Default.VacuumOutput);
        else
            invocation.Terminal.WriteLine(
                $"{(output.Deleted ? "deleted" : "would be deleted")}: {output.Files} files of {name} ({Quantity.Bytes(output.Bytes)})"
            );
        return ExitCode.Done;
    }

    private static VacuumOutput Delete(Invocation invocation, string name, DeltaTable table, VacuumOptions options)
    {
        var result = table.Vacuum(options, invocation.Cancellation);
        return new(name, true, result.FilesDeleted, result.BytesDeleted, []);
    }

    private static VacuumOutput Look(Invocation invocation, string name, DeltaTable table, VacuumOptions options)
    {
        var (files, bytes, paths) = (0L, 0L, new List<string>());
        foreach (var file in table.FindUnusedFiles(options, invocation.Cancellation))
        {
            (files, bytes) = (files + 1, bytes + file.Size);
            if (!invocation.Json)
                invocation.Terminal.WriteLine(file.Path);
            else if (paths.Count < ShownPaths)
                paths.Add(file.Path);
        }
        return new(name, false, files, bytes, paths);
    }

    /// <exception cref="CommandException">It is no time.</exception>
    private static TimeSpan Time(string text)
    {
        var isNumber = double.TryParse(
            text.AsSpan(0, Math.Max(0, text.Length - 1)),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var number
        );
        return (isNumber && number < 100_000 ? text[^1] : ' ') switch
        {
            'd' => TimeSpan.FromDays(number),
            'h' => TimeSpan.FromHours(number),
            _ => throw CommandException.Usage($"'{text}' is no length of time", "write 7d or 12h"),
        };
    }
}
