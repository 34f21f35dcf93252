using System.Diagnostics;

namespace ServerlessHub.Pipelines.Secrets;

/// <summary>A text that must not be seen. It prints as <c>***</c> wherever something prints it by accident: in a message, a log, a debugger, JSON.</summary>
[DebuggerDisplay("***")]
public sealed class Secret
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string text;

    /// <summary>Wraps a text.</summary>
    public Secret(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        this.text = text;
    }

    /// <summary>The text, for the one that needs it, at the moment it needs it.</summary>
    public string Reveal() => text;

    /// <summary>Three stars.</summary>
    public override string ToString() => "***";
}
