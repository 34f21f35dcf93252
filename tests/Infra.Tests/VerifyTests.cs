using System.Text.Json;
using ServerlessHub.Host.Tests;

namespace ServerlessHub.Infra.Tests;

/// <summary><c>hub verify</c> on hub roots whose parts were restored from different times.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryHub hub = new();

    public VerifyTests()
    {
        hub.WritePipeline("rows", "", "id\n1\n2\n");
        hub.Write(
            "config/applications/shop/staging/jobs/nightly.xml",
            """<jobPipeline id="nightly" version="1"><pipelines><pipelineRef id="rows"/></pipelines></jobPipeline>"""
        );
    }

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task A_hub_root_that_is_whole_is_said_to_be_well_and_each_thing_that_is_not_is_found()
    {
        await Hub("run", "nightly");
        Copy("data", "before");
        await Hub("run", "nightly");
        var (code, well) = await Verify();
        Assert.Equal(0, code);
        Assert.Equal((2, 4), (well.GetProperty("documents").GetInt32(), well.GetProperty("tables").GetInt32()));
        Assert.Equal((2, 1), (well.GetProperty("runs").GetInt32(), well.GetProperty("offsets").GetInt32()));
        Copy("data", "whole");

        // The table is of the day before, everything else of today.
        Restore("data", "whole");
        Restore("data/applications", "before/applications");
        Assert.Contains("its rows are lost, and would not be read again", await Problem("offsets"), StringComparison.Ordinal);

        // The other way round.
        Restore("data", "whole");
        Restore("data/ops", "before/ops");
        Assert.Contains("data/ops is older than the table", await Problem("offsets"), StringComparison.Ordinal);

        // A data file is gone, and another is cut short.
        Restore("data", "whole");
        var files = hub.Files("data/applications/shop/staging/rows")
            .Where(f => f.EndsWith(".parquet", StringComparison.Ordinal))
            .Order()
            .ToArray();
        File.Delete(files[0]);
        Assert.Contains("the file is gone", await Problem("tables"), StringComparison.Ordinal);
        Restore("data", "whole");
        await File.WriteAllTextAsync(files[1], "short");
        Assert.Contains("has 5 bytes, where the log says", await Problem("tables"), StringComparison.Ordinal);

        // A revision that runs are pinned to is not kept.
        Restore("data", "whole");
        File.Delete(hub.Files("data/ops/revisions")[0]);
        Assert.Contains("is not kept", await Problem("runs"), StringComparison.Ordinal);

        // A document is broken.
        Restore("data", "whole");
        hub.WritePipeline("rows", "<filter source=\"nothing\" condition=\"true\"/>", "id\n1\n");
        Assert.Contains("nothing", await Problem("documents"), StringComparison.Ordinal);
    }

    private async Task<string> Problem(string check)
    {
        var (code, output) = await Verify();
        Assert.Equal(1, code);
        var findings = output.GetProperty("findings").EnumerateArray().ToArray();
        Assert.All(findings, f => Assert.False(string.IsNullOrEmpty(f.GetProperty("action").GetString())));
        return findings.First(f => f.GetProperty("check").GetString() == check).GetProperty("problem").GetString()!;
    }

    private async Task<(int Code, JsonElement Output)> Verify()
    {
        var ended = await HubProcess.Run(hub.Path, "verify", "--json");
        Assert.True(ended.Code is 0 or 1, ended.Error);
        return (ended.Code, JsonDocument.Parse(ended.Output).RootElement);
    }

    private async Task Hub(params string[] arguments)
    {
        var ended = await HubProcess.Run(hub.Path, arguments);
        Assert.True(ended.Code == 0, ended.Output + ended.Error);
    }

    private void Restore(string folder, string from)
    {
        Directory.Delete(hub.Locate(folder), recursive: true);
        Copy(from, folder);
    }

    private void Copy(string from, string to)
    {
        foreach (var file in hub.Files(from))
        {
            var place = hub.Locate(Path.Combine(to, Path.GetRelativePath(hub.Locate(from), file)));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Copy(file, place);
        }
    }
}
