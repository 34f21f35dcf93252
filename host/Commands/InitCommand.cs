using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Secrets;
using ServerlessHub.Samples;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub init</c></summary>
internal sealed class InitCommand : HubCommand
{
    private const int SampleRows = 1_000;
    private const int SampleSeed = 1;

    private static readonly Argument<string> Folder = new("folder")
    {
        Description = "The folder, made if it is missing, or an address in Azure storage; the current folder unless given.",
        DefaultValueFactory = _ => ".",
    };

    private static readonly Option<bool> Sample = new("--sample")
    {
        Description = "Add two applications to learn from, with schemas, lookups and a little data.",
    };

    public InitCommand()
        : base("init", "Make a hub root: the folders, what git ignores, and completion for editors.")
    {
        Arguments.Add(Folder);
        Options.Add(Sample);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.Failed];
        JsonOutput = typeof(InitOutput);
        Details = """
            Files that are there already stay as they are, so it is safe in any folder and safe to repeat.

            Documents live in config/applications/<app>/<layer>/pipelines, tables come to be in data/applications/<app>/<layer>. An editor that knows
            XML schemas completes and checks the documents with config/pipeline.xsd, config/job.xsd and config/stream.xsd; Visual Studio Code with its XML extension does so by itself.

            The key that masks personal data is made in .hub/secrets/masking-key, unless HUB_KEY_VAULT or HUB_SECRET_MASKING_KEY says where it is. git
            ignores it. Keep a copy: if it is lost, no token can be turned back, and values masked with another key do not join with those there. For an
            address no key is made: HUB_KEY_VAULT or HUB_SECRET_MASKING_KEY says where it is.
            """;
        Examples =
        [
            ("hub init shop", "An empty hub root in the folder shop."),
            ("hub init shop --sample", "With applications that run: cd shop, then hub run customer_staging_load."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var named = invocation.Value(Folder)!;
        var isAddress = AzurePlace.IsOne(named);
        var root = isAddress ? named.Split('?')[0] : Path.GetFullPath(named);
        if (File.Exists(root))
            throw CommandException.Usage($"'{root}' is a file", "name a folder");
        var written = isAddress ? Upload(named, invocation) : MakeConfiguration(root, HubSkeleton.Files(), invocation);
        var key = isAddress ? null : MakeKey(root);
        if (key is not null)
            written.Add(key);
        if (invocation.Json)
            invocation.Terminal.WriteJson(new InitOutput(root, written), OutputJson.Default.InitOutput);
        else
            Show(invocation.Terminal, root, written, key, invocation.Value(Sample));
        return ExitCode.Done;
    }

    /// <summary>Makes the configuration in a folder that goes again, and uploads what the address does not have; what is for git and editors stays out.</summary>
    private static List<string> Upload(string address, Invocation invocation)
    {
        var folder = Directory.CreateTempSubdirectory("hub-init-").FullName;
        try
        {
            var storage = new AzureBlobStorage(AzurePlace.Parse(address), FileCache.OfUser());
            MakeConfiguration(
                folder,
                HubSkeleton.Files().Where(file => file.Path.StartsWith("config/", StringComparison.Ordinal)),
                invocation
            );
            return
            [
                .. new LocalStorage(folder)
                    .ListBelow("")
                    .Select(file => file.Path)
                    .Where(path => storage.WriteIfAbsent(path, File.ReadAllBytes(Path.Combine(folder, path)))),
            ];
        }
        catch (FormatException e)
        {
            throw CommandException.Usage(e.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<string> MakeConfiguration(string folder, IEnumerable<(string Path, string Content)> files, Invocation invocation)
    {
        var written = new List<string>();
        if (invocation.Value(Sample))
            AddSamples(folder, written, invocation.Cancellation);
        foreach (var (path, content) in files)
            if (Write(Path.Combine(folder, path), content))
                written.Add(path);
        return written;
    }

    private static void AddSamples(string folder, List<string> written, CancellationToken cancellation)
    {
        written.AddRange(SampleDocuments.CopyTo(folder));
        foreach (var application in SampleData.Applications.Where(a => !Directory.Exists(Path.Combine(folder, "landing", a))))
            written.AddRange(SampleData.Write(folder, application, SampleRows, SampleSeed, cancellation));
    }

    private static bool Write(string file, string content)
    {
        if (File.Exists(file))
            return false;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return true;
    }

    /// <summary>The file of the masking key that was made; null where there is one, or where a Key Vault has it.</summary>
    private static string? MakeKey(string folder)
    {
        if (Environment.GetEnvironmentVariable("HUB_KEY_VAULT") is { Length: > 0 })
            return null;
        var secrets = new HubSecrets(folder);
        secrets.MaskingKey();
        return secrets.MadeMaskingKey;
    }

    private static void Show(Terminal terminal, string folder, List<string> written, string? key, bool sample)
    {
        foreach (var file in written)
            terminal.WriteLine($"  + {file}");
        terminal.WriteLine(written.Count == 0 ? $"{folder} is a hub root already; nothing was missing" : $"{folder} is a hub root");
        if (key is not null)
            terminal.WriteLine($"keep a copy of {key}: git ignores it, and without it masked values can neither be turned back nor joined");
        var next = sample
            ? $"hub run customer_staging_load -p runDate={SampleData.RunDate:yyyy-MM-dd} --root {folder}"
            : $"hub new pipeline <id> --from <file> --app <name> --layer staging --root {folder}";
        terminal.WriteLine($"next: {next}");
    }
}
