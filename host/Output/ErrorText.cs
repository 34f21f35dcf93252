namespace ServerlessHub.Host.Output;

/// <summary>How an error is shown: one message, and what to do about it.</summary>
internal static class ErrorText
{
    /// <summary>Writes an error that whoever typed the command can mend.</summary>
    public static void Write(Terminal terminal, string message, string? hint)
    {
        terminal.Output.Flush();
        terminal.ErrorLine($"[red]hub:[/] {message}");
        if (hint is not null)
            terminal.ErrorLine($"     [dim]{hint}[/]");
    }

    /// <summary>Writes that the hub itself has failed; the details go to a file.</summary>
    public static void WriteUnexpected(Terminal terminal, Exception e, IReadOnlyList<string> args)
    {
        var file = Path.Combine(Path.GetTempPath(), $"hub-error-{Environment.ProcessId}.txt");
        File.WriteAllText(file, $"hub {string.Join(' ', args)}\n{Environment.Version} {Environment.OSVersion}\n\n{e}\n");
        Write(terminal, $"an error in the hub itself: {e.Message}", $"the details are in {file}; running it again is safe");
    }
}
