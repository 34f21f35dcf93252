using ServerlessHub.Host.Output;
using ServerlessHub.Host.Verification;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub verify</c></summary>
internal sealed class VerifyCommand : HubCommand
{
    public VerifyCommand()
        : base("verify", "Check that a hub root is whole, as after a restore.")
    {
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed, ExitCode.NotFound];
        JsonOutput = typeof(VerificationOutput);
        Details = """
            Documents are valid; every table opens, and has the files that its newest version needs, in their size; the revisions that runs are pinned to are
            kept; and offsets, run history and tables tell of the same runs, so that nothing is lost and nothing is read twice; and of each
            stream what 'hub streams verify' proves. Nothing is changed.
            docs/disaster-recovery.md says in which order things are restored.
            """;
        Examples =
        [
            ("hub verify", "The hub root here."),
            ("hub verify --root abfss://hub@account.dfs.core.windows.net/ --json", "One on Azure, for a program."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        using var verification = new RootVerification(invocation.HubRoot(), invocation.Cancellation);
        var findings = new List<Finding>();
        foreach (var finding in verification.Run())
        {
            findings.Add(finding);
            if (!invocation.Json)
            {
                invocation.Terminal.WriteLine($"{finding.Check}: {finding.Place}: {finding.Problem}");
                invocation.Terminal.WriteLine($"    {finding.Action}");
            }
        }
        var output = new VerificationOutput(
            verification.Documents,
            verification.Tables,
            verification.Files,
            verification.Runs,
            verification.Offsets,
            verification.Streams,
            findings
        );
        if (invocation.Json)
            invocation.Terminal.WriteJson(output, OutputJson.Default.VerificationOutput);
        else
            invocation.Terminal.WriteLine(
                $"{output.Documents} documents, {output.Tables} tables with {output.Files} files, {output.Runs} runs, offsets of {output.Offsets} pipelines, {output.Streams} streams: "
                    + (findings.Count == 0 ? "all is well" : $"{findings.Count} {(findings.Count == 1 ? "thing is" : "things are")} wrong")
            );
        return findings.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
