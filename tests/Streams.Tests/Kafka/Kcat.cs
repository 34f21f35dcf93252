using System.Diagnostics;

namespace ServerlessHub.Streams.Tests.Kafka;

/// <summary>kcat, a Kafka client that is not ours, from Debian's package.</summary>
internal static class Kcat
{
    /// <summary>Runs it, and gives what it wrote.</summary>
    /// <param name="input">What it reads.</param>
    /// <param name="arguments">Its arguments.</param>
    public static string Run(string input, params string[] arguments)
    {
        using var kcat = Process.Start(
            new ProcessStartInfo("kcat", arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = kcat.StandardError.ReadToEndAsync();
        kcat.StandardInput.Write(input);
        kcat.StandardInput.Close();
        var output = kcat.StandardOutput.ReadToEnd();
        kcat.WaitForExit();
        Assert.True(kcat.ExitCode == 0, errors.Result);
        return output;
    }
}
