using System.Runtime.InteropServices;

namespace ServerlessHub.Host;

/// <summary>
/// Ctrl-C, and the signal that asks a process to end: the first cancels what runs, which then undoes what is not finished; the second ends the
/// process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private readonly Action announce;
    private int signals;

    /// <summary>Begins to listen.</summary>
    /// <param name="announce">Called once, at the first signal, so that a person knows that it was heard.</param>
    public Interruption(Action announce)
    {
        this.announce = announce;
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Heard),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Heard),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    private void Heard(PosixSignalContext context)
    {
        // Left alone, the signal ends the process: what the second one is for.
        if (Interlocked.Increment(ref signals) > 1)
            return;
        context.Cancel = true;
        announce();
        source.Cancel();
    }
}
