using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Definitions.Reference;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub schema reference</c></summary>
internal sealed class SchemaReferenceCommand : HubCommand
{
    private static readonly Argument<string> Folder = new("folder")
    {
        Description = "Where the pages are written; docs/reference unless given.",
        DefaultValueFactory = _ => Path.Combine("docs", "reference"),
    };

    public SchemaReferenceCommand()
        : base("reference", "Write the reference of documents and rules as Markdown, and the XML schemas.")
    {
        Arguments.Add(Folder);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed];
        JsonOutput = typeof(WrittenOutput);
        Examples = [("hub schema reference docs/reference", "Into the folder docs/reference.")];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var folder = Directory.CreateDirectory(invocation.Value(Folder)!).FullName;
        var written = new List<string>();
        var files = ReferenceFiles
            .Of("pipeline", PipelineLanguage.Spec)
            .Concat(ReferenceFiles.Of("job", JobSpec.Spec))
            .Concat(ReferenceFiles.Of("stream", StreamSpec.Spec));
        foreach (var (name, text) in files.Append(ReferenceFiles.Rules))
        {
            File.WriteAllText(Path.Combine(folder, name), text);
            written.Add(Path.Combine(folder, name));
        }
        if (invocation.Json)
            invocation.Terminal.WriteJson(new WrittenOutput(written), OutputJson.Default.WrittenOutput);
        else
            foreach (var file in written)
                invocation.Terminal.WriteLine($"  + {file}");
        return ExitCode.Done;
    }
}
