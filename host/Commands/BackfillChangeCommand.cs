using ServerlessHub.Orchestrations;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub backfill pause</c>, <c>resume</c> and <c>cancel</c></summary>
internal sealed class BackfillChangeCommand : HubCommand
{
    public BackfillChangeCommand(string change, string summary)
        : base(change, summary)
    {
        Arguments.Add(BackfillShowCommand.Id);
        Options.Add(CommonOptions.Root);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        Examples = [($"hub backfill {change} 20261127-184826-fac58a33", $"{char.ToUpperInvariant(change[0])}{change[1..]} one backfill.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var id = invocation.Value(BackfillShowCommand.Id)!;
        JobRuns.Within(
            invocation.HubRoot(),
            new JobHubOptions(),
            async session =>
            {
                await session.ChangeBackfill(id, Name, invocation.Cancellation);
                return true;
            }
        );
        invocation.Terminal.WriteLine($"{Name}: backfill {id} was told");
        return ExitCode.Done;
    }
}
