using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Definitions.Reference;

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
        : base("reference", "Write the reference of documents and rules as Markdown, and the XML schema.")
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
        foreach (var (name, text) in ReferenceFiles.Of(PipelineLanguage.Spec))
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
