namespace ServerlessHub.Host.Commands;

/// <summary><c>hub</c></summary>
internal sealed class RootHubCommand : HubCommand
{
    public RootHubCommand()
        : base("hub", "ServerlessHub: pipelines in XML, run by an embedded engine, landed as Delta tables.")
    {
        Options.Add(CommonOptions.Help);
        Subcommands.Add(new DemoCommand());
        Subcommands.Add(new InitCommand());
        Subcommands.Add(new ValidateCommand());
        Subcommands.Add(new NewCommand());
        Subcommands.Add(new PlanCommand());
        Subcommands.Add(new SimulateCommand());
        Subcommands.Add(new RunCommand());
        Subcommands.Add(new SignalCommand());
        Subcommands.Add(new BackfillCommand());
        Subcommands.Add(new ServeCommand());
        Subcommands.Add(new JobsCommand());
        Subcommands.Add(new RunsCommand());
        Subcommands.Add(new ApproveCommand());
        Subcommands.Add(new SchedulesCommand());
        Subcommands.Add(new StreamsCommand());
        Subcommands.Add(new SchemaCommand());
        Subcommands.Add(new SqlCommand());
        Subcommands.Add(new TestCommand());
        Subcommands.Add(new TablesCommand());
        Subcommands.Add(new VerifyCommand());
        Subcommands.Add(new AzureCommand());
        Subcommands.Add(new VersionCommand());
        ExitCodes = Enum.GetValues<ExitCode>();
        Details = """
            Results go to standard output, errors and progress to standard error. With --json a command prints JSON and nothing else on standard
            output.

            The hub root is the folder that holds config/ and data/: --root, else HUB_ROOT, else the nearest folder upwards that holds
            config/applications. NO_COLOR=1 turns colours off.
            """;
        Examples =
        [
            ("hub demo", "Make data, run a customer application's three pipelines on it and show what comes of it."),
            ("hub init shop --sample", "Make a hub root with an application to learn from."),
            ("hub validate all", "Check every document, with the place and a suggestion for each problem."),
            ("hub run customer_staging_load -p runDate=2024-01-31", "Run a pipeline."),
        ];
    }

    public override ExitCode Execute(Invocation invocation) => CommandHelp.Write(this, invocation.Terminal.Output);
}
