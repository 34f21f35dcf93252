using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>sql</c>: what a <c>SELECT</c> gives.</summary>
public sealed class SqlStep : StepKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("sql", "Gives what a `SELECT` over datasets gives.")
        {
            Attributes =
            [
                new(
                    "sources",
                    AttributeKind.Datasets,
                    "The datasets it reads, which are its tables; without `id` the result takes the first one's name."
                )
                {
                    Required = true,
                },
                StepAttributes.Id,
            ],
            Content = ContentKind.Query,
            Details = """
                The text is one `SELECT` as DuckDB reads it, usually in a CDATA section. It reads its sources, by their names, and the parameters, as
                `:name`; it reaches no file, no other table and no setting. Its rows are in an order only if it ends in `ORDER BY`.
                """,
            Example = """
                <sql sources="orders, customers" id="best_customers"><![CDATA[
                  SELECT c.customer_id, c.name, sum(o.amount) AS amount
                  FROM orders o JOIN customers c USING (customer_id)
                  WHERE o.ordered_at >= :runDate - INTERVAL 30 DAY
                  GROUP BY ALL
                  ORDER BY amount DESC
                  LIMIT 100
                ]]></sql>
                """,
        };

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        var sources = scope.DatasetList(step, "sources");
        if (sources.Count < step.Names("sources").Count)
            return;
        if (scope.Query(step.SourceText, sources) is { } query)
            scope.Define(step, sources[0], query);
    }
}
