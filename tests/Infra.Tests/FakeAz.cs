namespace ServerlessHub.Infra.Tests;

/// <summary>A program that answers as <c>az</c> does, as far as the hub asks, and writes down how it was called. Who runs with <see cref="Path"/> finds it first.</summary>
internal sealed class FakeAz : IDisposable
{
    // What is answered to which call is in files: the words of the call before its first option, with '-' between them.
    private const string Program = """
        #!/bin/sh
        here=$(dirname "$0")
        printf '%s\n' "$*" >>"$here/calls"
        name=
        for word in "$@"; do
          case $word in -*) break ;; esac
          name=$name${name:+-}$word
        done
        case " $* " in *" --name hub-"*) name=$name-$(printf '%s' "$*" | sed -n 's/.*--name \(hub-[a-z]*\).*/\1/p') ;; esac
        [ -f "$here/answers/$name.error" ] && { cat "$here/answers/$name.error" >&2; exit 3; }
        [ -f "$here/answers/$name" ] && cat "$here/answers/$name"
        exit 0
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("hub-az-").FullName;

    public FakeAz()
    {
        var program = System.IO.Path.Combine(folder, "az");
        File.WriteAllText(program, Program + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(System.IO.Path.Combine(folder, "answers"));
        Answers("account-show", """{ "name": "Team", "id": "00000000-0000-0000-0000-000000000000", "state": "Enabled" }""");
    }

    /// <summary>The search path of programs with this in front.</summary>
    public string Path => $"{folder}{System.IO.Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";

    /// <summary>The calls so far, each as one line.</summary>
    public IReadOnlyList<string> Calls =>
        File.Exists(System.IO.Path.Combine(folder, "calls")) ? File.ReadAllLines(System.IO.Path.Combine(folder, "calls")) : [];

    /// <summary>Says what it answers to a call.</summary>
    /// <param name="call">The call's words with <c>-</c> between them, and the deployment's name behind them, if it has one.</param>
    /// <param name="text">The answer.</param>
    public void Answers(string call, string text) => File.WriteAllText(System.IO.Path.Combine(folder, "answers", call), text);

    /// <summary>Lets a call fail.</summary>
    public void Refuses(string call, string text) => Answers($"{call}.error", text);

    /// <summary>Says that an environment was deployed.</summary>
    public void HasDeployed(
        string environment,
        string hubRoot,
        string address,
        string grafana = "",
        string plan = "flexConsumption",
        string call = "show"
    ) =>
        Answers(
            $"deployment-sub-{call}-hub-{environment}",
            $$"""
            { "location": "westeurope",
              "properties": { "provisioningState": "Succeeded", "timestamp": "2026-11-27T20:00:00Z",
                "outputs": {
                  "resourceGroup": { "value": "rg-hub-{{environment}}" },
                  "hubRoot": { "value": "{{hubRoot}}" },
                  "functionApp": { "value": "func-hub-{{environment}}" },
                  "address": { "value": "{{address}}" },
                  "grafana": { "value": "{{grafana}}" },
                  "plan": { "value": "{{plan}}" },
                  "hostStorage": { "value": "hubhost" },
                  "eventTopic": { "value": "evgt-hub" } } } }
            """
        );

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
