using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Tests;

/// <summary>A terminal whose output a test reads; 80 columns wide, without colours.</summary>
internal sealed class RecordedTerminal : IDisposable
{
    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly StringWriter error = new() { NewLine = "\n" };

    public RecordedTerminal(bool isPerson = false)
    {
        Terminal = new Terminal(output, error, isPerson, isPerson);
        foreach (var screen in new[] { Terminal.Screen, Terminal.ErrorScreen })
        {
            screen.Profile.Width = 80;
            screen.Profile.Capabilities.Ansi = false;
            screen.Profile.Capabilities.ColorSystem = Spectre.Console.ColorSystem.NoColors;
        }
    }

    public Terminal Terminal { get; }

    public string Output => output.ToString();

    public string Error => error.ToString();

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }
}
