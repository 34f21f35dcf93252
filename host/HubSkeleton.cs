using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Definitions.Reference;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Host;

/// <summary>The files of a hub root in which nothing is yet.</summary>
internal static class HubSkeleton
{
    /// <summary>The files with their contents, relative to the hub root.</summary>
    public static IEnumerable<(string Path, string Content)> Files() =>
        [
            (".gitignore", "# Tables, run history and what the hub keeps for itself are not configuration.\n/data/\n/landing/\n/.hub/\n"),
            ("config/applications/README.md", Applications),
            (
                "config/common/lookups/README.md",
                "Lookup files (`.csv`, `.json`, `.parquet`) that any pipeline may refer to by their names.\n"
            ),
            ("config/common/schemas/README.md", "Schemas (`.avsc`, JSON Schema) that several layers share.\n"),
            ("config/mounts.json", "{\n}\n"),
            ("config/pipeline.xsd", XsdWriter.Write(PipelineLanguage.Spec)),
            ("config/job.xsd", XsdWriter.Write(JobSpec.Spec)),
            ("config/stream.xsd", XsdWriter.Write(StreamSpec.Spec)),
            (".vscode/settings.json", Editor),
        ];

    private const string Applications = """
        A folder for each application, in it one for each layer:

            <app>/{staging,standardization,service}/{pipelines,jobs,streams,schemas,resources}/

        `hub new pipeline <id> --from <file> --app <app> --layer staging` writes a first draft of a pipeline here.

        """;

    // The XML extension of Visual Studio Code completes and checks documents with the schema.
    private const string Editor = """
        {
          "xml.fileAssociations": [
            { "pattern": "**/config/applications/*/*/pipelines/**/*.xml", "systemId": "config/pipeline.xsd" },
            { "pattern": "**/config/applications/*/*/jobs/**/*.xml", "systemId": "config/job.xsd" },
            { "pattern": "**/config/applications/*/*/streams/**/*.xml", "systemId": "config/stream.xsd" }
          ]
        }

        """;
}
