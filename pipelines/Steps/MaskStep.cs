using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Masking;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary><c>mask</c>: makes personal data unreadable.</summary>
public sealed class MaskStep : StepKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new("mask", "Makes the values of columns unreadable, in their place. Null stays null; the masked columns are text.")
        {
            Attributes =
            [
                StepAttributes.Source,
                new("columns", AttributeKind.Columns, "The columns to mask. One that is no text is masked in its text form.")
                {
                    Required = true,
                },
                new(
                    "strategy",
                    AttributeKind.Choice,
                    "`tokenize`: a token that joins, and that whoever has the key can turn back; `hash`: a keyed fingerprint that joins; `encrypt`: "
                        + "authenticated encryption, different each time; `redact`: a fixed text."
                )
                {
                    Required = true,
                    Choices = ["tokenize", "hash", "redact", "encrypt"],
                },
                new("secretRef", AttributeKind.Name, "The secret that holds the key; without it, the hub's own masking key."),
                new("keepLast", AttributeKind.PositiveInteger, "How many characters at the end `redact` keeps."),
                new(
                    "format",
                    AttributeKind.Choice,
                    "`preserve` makes `tokenize` keep the length, and letters, digits and everything else in their places."
                )
                {
                    Choices = ["preserve"],
                },
                StepAttributes.Id,
            ],
            Details = """
                Equal values have equal tokens and fingerprints wherever the key is the same, so masked columns still join and count.

                The hub's own key is the secret `masking-key`. A hub without one makes it, in `.hub/secrets/masking-key`, which git ignores. Keep a copy: if it is
                lost, no token and no encrypted value can be turned back, and what is masked with another key does not join with what is there.
                On several machines, give all the same: the variable `HUB_SECRET_MASKING_KEY`, or a Key Vault.
                """,
            Example = """<mask source="customers" columns="ssn, email" strategy="tokenize"/>""",
        };

    /// <inheritdoc/>
    protected internal override void Bind(Element step, BindScope scope)
    {
        if (scope.Dataset(step, "source") is not { } source)
            return;
        var strategy = Enum.Parse<MaskStrategy>(step["strategy"]!, ignoreCase: true);
        var allowed =
            Allows(step, scope, "keepLast", strategy == MaskStrategy.Redact, "redact")
            & Allows(step, scope, "format", strategy == MaskStrategy.Tokenize, "tokenize")
            & Allows(step, scope, "secretRef", strategy != MaskStrategy.Redact, "tokenize, hash or encrypt");
        var masked = scope.Columns(source, step, "columns");
        if (!allowed || masked.Count < step.Names("columns").Count)
            return;
        var options = new MaskOptions { KeepLast = step.Number("keepLast") ?? 0, PreserveFormat = step.Has("format") };
        scope.Define(step, source, new Project(source, [.. source.Columns.Select(Item)]));

        ComputedColumn Item(Column column)
        {
            var value = new ColumnExpression(0, column);
            return new ComputedColumn(
                column.Name,
                masked.Contains(column)
                    ? new MaskExpression(new MaskFunction(column.Name, strategy, step["secretRef"], options), value)
                    : value
            );
        }
    }

    private static bool Allows(Element step, BindScope scope, string attribute, bool allowed, string strategies)
    {
        if (allowed || !step.Has(attribute))
            return true;
        scope.Findings.Add(
            Rule.ConflictingAttributes,
            step.LocationOf(attribute),
            $"{attribute} goes with {strategies}, but the strategy is {step["strategy"]}",
            $"leave {attribute} out, or set strategy=\"{strategies.Split(',', ' ')[0]}\""
        );
        return false;
    }
}
