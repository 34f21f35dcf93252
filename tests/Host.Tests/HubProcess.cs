using System.Diagnostics;

namespace ServerlessHub.Host.Tests;

/// <summary>The command line as it is started by a person or a program: a process of its own.</summary>
internal sealed class HubProcess : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "hub.dll");
    private readonly Process process;
    private readonly SaidText output;
    private readonly SaidText error;

    private HubProcess(string folder, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HUB_ROOT"] = null, ["NO_COLOR"] = null },
        };
        process = Process.Start(start)!;
        output = new SaidText(process.StandardOutput);
        error = new SaidText(process.StandardError);
    }

    /// <summary>Starts it and waits for its end.</summary>
    public static async Task<Ended> Run(string folder, params string[] arguments)
    {
        using var hub = Start(folder, arguments);
        return await hub.End();
    }

    /// <summary>Starts it.</summary>
    public static HubProcess Start(string folder, params string[] arguments) =>
        // What starts the tests in the background may have them ignore Ctrl-C, and a process takes that over.
        OperatingSystem.IsLinux()
            ? new(folder, "env", ["--default-signal=INT", "dotnet", Program, .. arguments])
            : new(folder, "dotnet", [Program, .. arguments]);

    /// <summary>Starts it where no file may become larger than this, and waits for its end.</summary>
    public static async Task<Ended> RunWithFileLimit(string folder, int kilobytes, params string[] arguments)
    {
        // The runtime's own mapping of code would be such a file.
        var command = $"trap '' XFSZ; ulimit -f {kilobytes}; export DOTNET_EnableWriteXorExecute=0; exec dotnet \"$@\"";
        using var hub = new HubProcess(folder, "bash", ["-c", command, "hub", Program, .. arguments]);
        return await hub.End();
    }

    /// <summary>Presses Ctrl-C.</summary>
    public void Interrupt() => Send("INT");

    /// <summary>Asks it to end, as a service manager does.</summary>
    public void Terminate() => Send("TERM");

    /// <summary>Ends it at once, without warning.</summary>
    public void Kill() => process.Kill();

    /// <summary>Waits until it has written a line with this in it to standard output.</summary>
    /// <returns>The line.</returns>
    public Task<string> Says(string part) => output.Line(part);

    /// <summary>Waits until it has written a line with this in it to standard error.</summary>
    /// <returns>The line.</returns>
    public Task<string> Warns(string part) => error.Line(part);

    /// <summary>Waits for its end; one that takes minutes hangs.</summary>
    public async Task<Ended> End()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(patience.Token);
        return new Ended(process.ExitCode, await output.All, await error.All);
    }

    private void Send(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString()]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    /// <summary>What came of it.</summary>
    internal sealed record Ended(int Code, string Output, string Error);
}
