using System.Diagnostics;

namespace ServerlessHub.Host.Tests;

/// <summary>The command line as it is started by a person or a program: a process of its own.</summary>
internal sealed class HubProcess : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "hub.dll");
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> error;

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
        output = process.StandardOutput.ReadToEndAsync();
        error = process.StandardError.ReadToEndAsync();
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
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString()]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end; one that takes minutes hangs.</summary>
    public async Task<Ended> End()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(patience.Token);
        return new Ended(process.ExitCode, await output, await error);
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
