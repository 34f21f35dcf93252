using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Looks at a source through its connector, as a run would read it: a table of the lake, a database.</summary>
internal static class ConnectorDraft
{
    /// <summary>Looks at a source.</summary>
    /// <param name="element">Its element, without <c>id</c>: <c>table name="…"</c>.</param>
    /// <param name="child">What the element holds, or the empty string.</param>
    /// <param name="address">The pipeline that is drafted.</param>
    /// <param name="root">The hub root.</param>
    /// <param name="connection">The engine that holds the sample.</param>
    /// <param name="workFolder">A folder for what is on the way.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="RunException">It is not there, or cannot be read.</exception>
    public static DraftSource Look(
        string element,
        string child,
        DocumentAddress address,
        HubRoot root,
        Connection connection,
        string workFolder,
        CancellationToken cancellation
    )
    {
        var (name, attributes) = element.Split(' ', 2) is [var n, var a] ? (n, a) : (element, "");
        var text = $"""
            <pipeline id="draft" version="1.0" layer="{address.Layer}">
              <sources><{name} id="s" {attributes}>{child}</{name}></sources>
              <targets><hive table="{address.Layer}.draft"/></targets>
            </pipeline>
            """;
        using var validator = new PipelineValidator(root, TimeProvider.System);
        var validation = validator.Validate(new DocumentFile(address with { Id = "draft" }, "draft", text, ""));
        if (validation.Bound?.Sources is not [{ Dataset.IsKnown: true } source])
        {
            var finding = validation.Findings.First();
            throw new RunException(finding.Message, finding.Hint);
        }
        var state = SourceState.Load(root, address with { Id = "draft" });
        using var opened = source.Kind.Open(source.Element, source.Dataset.Columns, validation.ForRun("draft", workFolder, state));
        opened.Attach(connection);
        SampleTable.Fill(connection, opened.Relation(source.Dataset.Columns), cancellation);
        var profiler = new ColumnProfiler(connection, SampleTable.Name);
        var columns = source.Dataset.Columns.Select(profiler.Typed).ToList();
        return new DraftSource(element, child, columns, SampleTable.Rows(connection), false, [], []);
    }
}
