using System.Security.Cryptography;
using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Masking;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>A function that masks a text, which a run makes known to its engine before it compiles: the plan holds its name, never its key.</summary>
/// <param name="Column">The column it is for, which error messages name.</param>
/// <param name="Strategy">What it makes of a value.</param>
/// <param name="SecretRef">The secret that holds its key; null for the hub's own masking key, and for <see cref="MaskStrategy.Redact"/>.</param>
/// <param name="Options">What the strategy is told.</param>
public sealed record MaskFunction(string Column, MaskStrategy Strategy, string? SecretRef, MaskOptions Options)
{
    /// <summary>What SQL calls it: the same name for the same mask, in any pipeline. It takes a text and gives a text.</summary>
    public string Name
    {
        get
        {
            var told = $"{Column}\n{SecretRef}\n{Options.KeepLast}\n{Options.PreserveFormat}\n{Options.KeyVersion}";
            var tag = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(told)).AsSpan(0, 4));
            return $"hub_mask_{Strategy.ToString().ToLowerInvariant()}_{tag}";
        }
    }

    /// <summary>The functions that a pipeline needs, each once.</summary>
    public static IReadOnlyList<MaskFunction> Of(BoundPipeline pipeline) =>
        [.. pipeline.Datasets.SelectMany(d => Of(d.Operator)).Distinct()];

    /// <summary>The functions that an operator calls.</summary>
    internal static IEnumerable<MaskFunction> Of(Operator @operator) =>
        @operator is Project project ? project.Items.Select(i => i.Value).OfType<MaskExpression>().Select(m => m.Function) : [];
}

/// <summary>A value masked in its text form; null stays null.</summary>
/// <param name="Function">The function that masks it.</param>
/// <param name="Operand">The value.</param>
public sealed record MaskExpression(MaskFunction Function, Expression Operand) : Expression(LogicalType.Varchar)
{
    /// <inheritdoc/>
    public override IEnumerable<InputColumn> References => Operand.References;
}
