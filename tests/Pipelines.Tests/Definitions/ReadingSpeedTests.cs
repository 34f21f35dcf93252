using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Tests.Shared;
using Xunit.Abstractions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

/// <summary>Prints what processor time it takes to check the form of many documents; whoever changes the reader looks at it.</summary>
public sealed class ReadingSpeedTests(ITestOutputHelper output)
{
    [Fact]
    public void Five_hundred_documents_are_read()
    {
        var text = File.ReadAllText(
            Repository.PathOf("samples", "config", "applications", "orders", "standardization", "pipelines", "sales.xml")
        );
        var readFirst = ReadAll(text, 1);
        var read = ReadAll(text, 500);

        output.WriteLine(
            $"the first document: {readFirst.TotalMilliseconds:F1} ms, 500 of {text.Length} characters: {read.TotalMilliseconds:F1} ms"
        );
    }

    private static TimeSpan ReadAll(string text, int count)
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < count; i++)
        {
            var findings = new Diagnostics();
            Assert.NotNull(PipelineDocument.Read(PipelineLanguage.Spec, text, $"{i}.xml", "standardization", findings));
        }
        return Environment.CpuUsage.TotalTime - before;
    }
}
