using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Publishing;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Samples;

namespace ServerlessHub.Functions.Tests;

/// <summary>What becomes of documents of each kind that are uploaded, by the name that the platform gives them.</summary>
public sealed class UploadFunctionTests : IDisposable
{
    private const string Applications = "config/applications/";
    private readonly string folder = Directory.CreateTempSubdirectory("hub-upload-").FullName;
    private readonly AppHub hub;
    private readonly UploadFunction function;

    public UploadFunctionTests()
    {
        SampleDocuments.CopyTo(folder);
        var settings = new HubSettings(folder, "", new JobHubOptions(), EventHub: null);
        hub = new AppHub(settings, TimeProvider.System, NullLogger<JobHub>.Instance);
        var publisher = new DocumentPublisher(hub.Jobs.Root, hub.Validate, TimeProvider.System);
        function = new UploadFunction(publisher, NullLogger<UploadFunction>.Instance);
    }

    public void Dispose()
    {
        hub.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(DocumentKind.Pipeline)]
    [InlineData(DocumentKind.Job)]
    [InlineData(DocumentKind.Stream)]
    public async Task What_is_right_stays_and_what_is_wrong_is_set_aside_with_a_report(DocumentKind kind)
    {
        var document = hub.Jobs.Root.Documents(kind)[0].File;
        var (file, right) = (Path.Combine(folder, document), File.ReadAllText(Path.Combine(folder, document)));
        await Upload(document);
        Assert.False(File.Exists(file + DocumentPublisher.ReportEnding));

        File.WriteAllText(file, right.Replace(" id=", " layre=\"x\" id=", StringComparison.Ordinal));
        await Upload(document);
        Assert.Equal(right, File.ReadAllText(file));
        Assert.Contains("layre", File.ReadAllText(file + DocumentPublisher.ReportEnding), StringComparison.Ordinal);
        Assert.Contains("layre", File.ReadAllText(file + DocumentPublisher.RefusedEnding), StringComparison.Ordinal);

        await Upload(document);
        Assert.False(File.Exists(file + DocumentPublisher.ReportEnding));
    }

    [Fact]
    public async Task What_is_no_document_is_left_alone()
    {
        File.WriteAllText(Path.Combine(folder, Applications, "notes.txt"), "x");
        await Upload($"{Applications}notes.txt");
        Assert.Equal(["notes.txt"], Directory.GetFiles(Path.Combine(folder, Applications)).Select(Path.GetFileName));
    }

    private Task Upload(string document) => function.Run(null!, document[Applications.Length..], default);
}
