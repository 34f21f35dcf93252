using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessHub.Host.Deployment;

/// <summary>The Azure CLI that people have, with whoever is signed in there. What is missing is said, and how to get it.</summary>
internal sealed class Az
{
    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["az.cmd", "az.exe"] : ["az"];
    private readonly string program;

    private Az(string program) => this.program = program;

    /// <summary>The subscription that it acts in.</summary>
    public string Subscription { get; private init; } = "";

    /// <summary>Finds it, and sees who is signed in.</summary>
    /// <exception cref="CommandException">There is none, nobody is signed in, or whoever is has no subscription.</exception>
    public static Az Open()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var program =
            folders.SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw CommandException.NotFound(
                "the Azure CLI, 'az', is not on this machine",
                "install it (https://aka.ms/azure-cli), and sign in with 'az login'"
            );
        var (code, output, error) = new Az(program).Run(["account", "show", "--output", "json"]);
        if (code == 0 && Parse(output) is { } account)
            return (string?)account["state"] is null or "Enabled"
                ? new Az(program) { Subscription = $"{account["name"]} ({account["id"]})" }
                : throw CommandException.NotFound(
                    $"the subscription '{account["name"]}' is {account["state"]}",
                    "choose another with 'az account set --subscription <name>'"
                );
        throw error.Contains("subscription", StringComparison.OrdinalIgnoreCase) && !error.Contains("az login", StringComparison.Ordinal)
            ? CommandException.NotFound(
                "whoever is signed in to Azure has no subscription",
                "have one given to you, then 'az account set --subscription <name>'"
            )
            : CommandException.NotFound("nobody is signed in to Azure", "sign in with 'az login'");
    }

    /// <summary>Calls it, and reads its answer.</summary>
    /// <returns>Null where it answers nothing.</returns>
    /// <exception cref="CommandException">It fails; what it says is in the message.</exception>
    public JsonNode? Call(params string[] arguments)
    {
        var (code, output, error) = Run([.. arguments, "--output", "json"]);
        return code == 0 ? Parse(output) : throw Failed(arguments, error);
    }

    /// <summary>As <see cref="Call"/>, for something that may not be there.</summary>
    /// <returns>Null where it is not.</returns>
    /// <exception cref="CommandException">It fails in another way.</exception>
    public JsonNode? Find(params string[] arguments)
    {
        var (code, output, error) = Run([.. arguments, "--output", "json"]);
        return code == 0 ? Parse(output)
            : error.Contains("NotFound", StringComparison.OrdinalIgnoreCase)
            || error.Contains("could not be found", StringComparison.OrdinalIgnoreCase)
                ? null
            : throw Failed(arguments, error);
    }

    /// <summary>Calls it, and gives what it writes for people.</summary>
    /// <exception cref="CommandException">It fails; what it says is in the message.</exception>
    public string Say(params string[] arguments)
    {
        var (code, output, error) = Run(arguments);
        return code == 0 ? output.TrimEnd() : throw Failed(arguments, error);
    }

    private (int Code, string Output, string Error) Run(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["AZURE_CORE_NO_COLOR"] = "1", ["AZURE_EXTENSION_USE_DYNAMIC_INSTALL"] = "yes_without_prompt" },
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Trim().Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException e)
        {
            throw new CommandException(ExitCode.Failed, $"'az' answered what is no JSON: {e.Message}");
        }
    }

    // Its name only: a later argument may hold a key.
    private static CommandException Failed(IEnumerable<string> arguments, string error) =>
        new(
            ExitCode.Failed,
            $"'az {string.Join(' ', arguments.TakeWhile(a => !a.StartsWith('-')))}' failed: {error.Replace("ERROR: ", "", StringComparison.Ordinal).Trim()}"
        );
}
