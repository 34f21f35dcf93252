using System.CommandLine;
using System.Text;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Drafting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub new pipeline</c></summary>
internal sealed class NewPipelineCommand : HubCommand
{
    private static readonly Argument<string> Id = new("id")
    {
        Description = "The new pipeline's id; also the name of the table it writes.",
    };

    private static readonly Option<string> From = new("--from")
    {
        Description =
            "What it reads: a file (.csv, .json, .jsonl, .parquet, also .gz) or a pattern, a table of the lake (layer.table), or a table of a "
            + "database (connection:table, or a JDBC URL, # and the table).",
        HelpName = "source",
        Required = true,
    };

    private static readonly Option<string> App = new("--app")
    {
        Description = "The application it belongs to.",
        HelpName = "name",
        Required = true,
    };

    private static readonly Option<string> Layer = new("--layer")
    {
        Description = "Its layer: staging, standardization or service. staging unless given.",
        HelpName = "layer",
        DefaultValueFactory = _ => "staging",
    };

    static NewPipelineCommand() => Layer.AcceptOnlyFromAmong([.. PipelineSpec.Layers]);

    public NewPipelineCommand()
        : base("pipeline", "Draft a pipeline from a look at what it is to read.")
    {
        Arguments.Add(Id);
        Options.Add(From);
        Options.Add(App);
        Options.Add(Layer);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(DraftOutput);
        Details = """
            It finds encoding, delimiter, quote and header, the type of each column, which columns are likely the key, and which likely hold
            personal data, by their names, their form and their check digits. The draft takes duplicates out by the key, masks the personal data and
            writes a table. What was guessed stands as a comment where it matters, with how sure it is. Files that are there are not replaced.
            """;
        Examples =
        [
            ("hub new pipeline customers --from landing/customers.csv --app shop", "From a file below the hub root."),
            ("hub new pipeline customers --from 's3://landing/customer/*.csv' --app shop", "From mounted files; the first is looked at."),
            ("hub new pipeline sales --from staging.rows --app shop --layer service", "From a table of the lake."),
            ("hub new pipeline crm --from crm:public.customer --app shop", "From a database whose connection is resources/crm.json."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var address = Address(invocation);
        var folder = $"config/applications/{address.App}/{address.Layer}";
        var document = $"{folder}/pipelines/{address.Id}.xml";
        var schema = $"{folder}/schemas/{address.Id}.avsc";
        foreach (var file in new[] { document, schema }.Where(f => File.Exists(root.Locate(f))))
            throw CommandException.Usage($"{file} is there already", "choose another id, or delete the file");

        var draft = Look(root, address, invocation.Value(From)!, invocation.Cancellation);
        var written = new List<string>();
        if (draft.Schema is not null)
            Write(root, schema, draft.Schema, written);
        Write(root, document, draft.Document, written);
        if (invocation.Json)
            invocation.Terminal.WriteJson(DraftOutput.Of(draft, written), OutputJson.Default.DraftOutput);
        else
            DraftText.Write(invocation.Terminal, draft, written, address.Id);
        return ExitCode.Done;
    }

    private static DocumentAddress Address(Invocation invocation)
    {
        var (app, id) = (invocation.Value(App)!, invocation.Value(Id)!);
        foreach (var name in new[] { app, id })
            if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') || name[0] == '-')
                throw CommandException.Usage($"'{name}' cannot be a name", "letters, digits, _ and - make one");
        return new DocumentAddress(app, invocation.Value(Layer)!, id);
    }

    private static PipelineDraft Look(HubRoot root, DocumentAddress address, string from, CancellationToken cancellation)
    {
        var drafter = new PipelineDrafter(root, address);
        if (from.StartsWith("jdbc:", StringComparison.Ordinal))
            return from.Split('#') is [var url, { Length: > 0 } tableOfUrl]
                ? drafter.FromDatabase(url, tableOfUrl, cancellation)
                : throw CommandException.Usage("the table is missing", "add it to the URL: jdbc:postgresql://host/db#public.customer");
        if (from.Split(':') is [var name, { Length: > 0 } table] && root.Connections(address).Contains(name))
            return drafter.FromDatabase(name, table, cancellation);
        if (TableName.Parse(from, address.App) is { } lakeTable && !File.Exists(from))
            return drafter.FromTable(lakeTable, cancellation);
        return drafter.FromFile(SourcePath(root, from), cancellation);
    }

    /// <summary>A file as a document names it: what a person types is relative to where they are.</summary>
    /// <exception cref="CommandException">It lies outside of the hub root.</exception>
    public static string SourcePath(HubRoot root, string from)
    {
        if (!File.Exists(from))
            return from;
        return root.Relative(Path.GetFullPath(from))
            ?? throw CommandException.Usage(
                $"'{from}' lies outside of the hub root {root.Path}",
                $"copy it there, or mount its folder in {Mounts.File} and name it by the mount"
            );
    }

    private static void Write(HubRoot root, string file, string content, List<string> written)
    {
        if (!root.Storage.WriteIfAbsent(file, Encoding.UTF8.GetBytes(content)))
            throw new IOException($"{file} has come to be there meanwhile.");
        written.Add(file);
    }
}
