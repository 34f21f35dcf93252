using System.Text;

namespace ServerlessHub.Host.Tests;

/// <summary>What a process has written so far, and will have written at its end.</summary>
internal sealed class SaidText
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private readonly List<(string Part, TaskCompletionSource<string> Line)> awaited = [];
    private bool isOver;

    public SaidText(StreamReader reader) => All = Read(reader);

    /// <summary>All of it, once the process has ended.</summary>
    public Task<string> All { get; }

    /// <summary>The first line with this in it, once it is there.</summary>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    public Task<string> Line(string part)
    {
        var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            awaited.Add((part, line));
            Look();
        }
        return line.Task;
    }

    private async Task<string> Read(StreamReader reader)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var count)
            lock (gate)
            {
                text.Append(buffer, 0, count);
                Look();
            }
        lock (gate)
        {
            isOver = true;
            Look();
            return text.ToString();
        }
    }

    private void Look()
    {
        var whole = text.ToString();
        var lines = whole[..(whole.LastIndexOf('\n') + 1)].Split('\n');
        foreach (var (part, found) in awaited)
            if (lines.FirstOrDefault(l => l.Contains(part, StringComparison.Ordinal)) is { } line)
                found.TrySetResult(line);
            else if (isOver)
                found.TrySetException(new InvalidOperationException($"it ended without '{part}': {whole}"));
    }
}
