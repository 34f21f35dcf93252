using System.CommandLine;
using ServerlessHub.Host.Deployment;
using ServerlessHub.Host.Output;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary>What pushing and promoting have in common: documents are checked where they come from, the difference is shown, and then they are brought.</summary>
internal static class AzureTransfer
{
    /// <summary>Whether it is only looked at.</summary>
    public static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only check the documents and show the difference." };

    /// <summary>Whether what is only there goes.</summary>
    public static readonly Option<bool> Delete = new("--delete") { Description = "Also remove there what is not here." };

    /// <summary>The one application whose configuration is brought.</summary>
    public static readonly Option<string?> App = new("--app")
    {
        Description = "Only the configuration of this application, which is what its team may bring.",
        HelpName = "app",
    };

    /// <summary>Checks, shows and brings.</summary>
    /// <param name="invocation">What was typed.</param>
    /// <param name="from">The hub root whose configuration is brought.</param>
    /// <param name="address">The address of the other.</param>
    /// <param name="leavesOwn">Whether connections and mounts that are there stay as they are.</param>
    /// <exception cref="CommandException">A document is not valid, or there is no such application; nothing was brought.</exception>
    public static ExitCode Run(Invocation invocation, HubRoot from, string address, bool leavesOwn)
    {
        var app = invocation.Value(App);
        if (app is not null && from.Apps() is var apps && !apps.Contains(app))
            throw CommandException.NotFound($"there is no application '{app}' in {from.Path}", NearestName.Hint(app, apps));
        RequireValid(invocation, from, app);
        AzurePlace place;
        try
        {
            place = AzurePlace.Parse(address);
        }
        catch (FormatException e)
        {
            throw CommandException.Usage(e.Message);
        }
        var removes = invocation.Value(Delete);
        var transfer = new ConfigTransfer(from.Storage, new AzureBlobStorage(place, FileCache.OfUser()), Folder(app), leavesOwn);
        var brings = !invocation.Value(DryRun);
        if (!invocation.Json)
            Show(invocation.Terminal, transfer, removes);
        if (brings)
            transfer.Bring(removes, _ => { });
        if (invocation.Json)
            invocation.Terminal.WriteJson(
                new ConfigTransferOutput($"{place}", brings, transfer.Changes),
                OutputJson.Default.ConfigTransferOutput
            );
        else
            invocation.Terminal.WriteLine(Summary(transfer, $"{place}", removes, brings));
        return ExitCode.Done;
    }

    private static string Folder(string? app) =>
        app is null ? ConfigTransfer.Configuration : $"{ConfigTransfer.Configuration}/applications/{app}";

    private static void RequireValid(Invocation invocation, HubRoot root, string? app)
    {
        using var validator = new DocumentValidator(root);
        var wrong = 0;
        foreach (
            var document in Enum.GetValues<DocumentKind>()
                .SelectMany(kind => app is null ? root.Documents(kind) : root.Documents(kind, app))
        )
        {
            invocation.Cancellation.ThrowIfCancellationRequested();
            var findings = validator.Validate(document);
            if (!findings.HasErrors)
                continue;
            wrong++;
            if (!invocation.Json)
                DiagnosticText.Write(invocation.Terminal, findings, name => FindingText.Of(root, name));
        }
        if (wrong > 0)
            throw new CommandException(
                ExitCode.Invalid,
                $"{wrong} {(wrong == 1 ? "document is" : "documents are")} not valid; nothing was brought",
                "'hub validate all' shows what is wrong with each"
            );
    }

    private static void Show(Terminal terminal, ConfigTransfer transfer, bool removes)
    {
        foreach (var change in transfer.Changes)
        {
            switch (change.Kind)
            {
                case ConfigChangeKind.Added:
                    terminal.WriteLine($"+ {change.File} ({change.LinesAdded} lines)");
                    break;
                case ConfigChangeKind.Removed:
                    terminal.WriteLine($"{(removes ? "-" : "·")} {change.File} ({(removes ? "removed" : "only there; stays")})");
                    break;
                default:
                    terminal.WriteLine($"~ {change.File} (+{change.LinesAdded} -{change.LinesRemoved})");
                    foreach (var line in transfer.Lines(change.File))
                        terminal.WriteLine($"    {line}");
                    break;
            }
        }
    }

    private static string Summary(ConfigTransfer transfer, string to, bool removes, bool brought)
    {
        var counted = transfer.Changes.Count(c => removes || c.Kind != ConfigChangeKind.Removed);
        return counted == 0
            ? $"{to} has all of it already"
            : $"{counted} {(counted == 1 ? "file" : "files")} {(brought ? "brought to" : "would be brought to")} {to}";
    }
}
