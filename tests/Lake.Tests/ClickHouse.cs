using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

/// <summary>
/// ClickHouse, which reads and writes Delta tables by <c>delta-kernel</c> and has nothing in common with the engine and the lake. It runs
/// in a process of its own, which whoever needs it first starts, and which ends with this one.
/// </summary>
internal sealed class ClickHouse
{
    private const string Version = "26.5.3";

    private static readonly Lazy<ClickHouse> SharedProcess = new(() => new ClickHouse());

    private readonly Process _process;
    private readonly Lock _turn = new();

    private ClickHouse()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ClickHouse).Assembly.Location, ClickHouseProcess.Name, Library()])
        {
            // It reads files below the folder that it is started in.
            WorkingDirectory = Path.GetPathRoot(Repository.Root),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
    }

    /// <summary>The process of this test assembly.</summary>
    public static ClickHouse Shared => SharedProcess.Value;

    /// <summary>Runs a statement, and gives its rows as lines of values between tabs.</summary>
    /// <exception cref="InvalidOperationException">ClickHouse refuses it; the message is its own.</exception>
    public string Run(string sql)
    {
        lock (_turn)
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(sql));
            _process.StandardInput.Flush();
            var answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"ClickHouse ended at: {sql}");
            var (rows, error) = JsonSerializer.Deserialize<Answer>(answer)!;
            return error is null ? rows : throw new InvalidOperationException($"ClickHouse: {error}");
        }
    }

    /// <summary>A table as ClickHouse names it.</summary>
    public static string Table(string folder) => $"deltaLakeLocal({Text(folder)})";

    /// <summary>A text as ClickHouse's SQL spells it.</summary>
    public static string Text(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string Library()
    {
        var arm = RuntimeInformation.OSArchitecture == Architecture.Arm64;
        return OperatingSystem.IsMacOS()
            ? NpmPackage.PathOf($"@chdb/lib-darwin-{(arm ? "arm64" : "x64")}", Version, "libchdb.so")
            : NpmPackage.PathOf($"@chdb/lib-linux-{(arm ? "arm64" : "x64")}-gnu", Version, "libchdb.so");
    }

    /// <summary>What the process says to a statement: a line of JSON.</summary>
    internal sealed record Answer(string Rows, string? Error);
}
