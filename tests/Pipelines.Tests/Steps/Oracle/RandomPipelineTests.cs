using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

/// <summary>Random steps over random tables, bound, compiled and run by the engine, against a plain interpreter that shares nothing with them.</summary>
public sealed class RandomPipelineTests : IDisposable
{
    private static readonly int Cases = Campaign.Pipelines(inSuite: 300);

    private readonly StepBench bench = new();

    [Fact]
    public void A_plan_gives_what_a_plain_interpreter_of_its_steps_gives()
    {
        var cases = Arb.From(
            Gen.Choose(0, int.MaxValue - 1).Select(seed => RandomCases.Draw(seed)),
            c => c.Shrink().Where(s => s.IsPossible())
        );
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Cases),
            Prop.ForAll(cases, (RandomCase c) => Assert.Equal(Expected(c), Actual(c)))
        );
    }

    public void Dispose() => bench.Dispose();

    private static string Expected(RandomCase c)
    {
        var state = c.Expected();
        return string.Join(
            "\n\n",
            new[] { c.Result, c.Other }.Select(n => Text(state[n].Columns.Select(x => x.Name), state[n].Rows, state[n].IsSorted))
        );
    }

    private string Actual(RandomCase c)
    {
        foreach (var (name, table) in c.Tables)
            bench.Table(name, Query(table), c.Order);
        bench.Reference("reference", Query(c.Reference)).InZone(c.Zone);
        var steps = string.Join('\n', c.Steps);
        var state = c.Expected();
        var results = bench.RunAll(steps, c.Result, c.Other);
        var scope = bench.Bound(steps).Scope;
        return string.Join(
            "\n\n",
            new[] { c.Result, c.Other }.Select(
                (n, i) => Text(scope.Datasets.Last(d => d.Name == n).Columns.Select(x => x.Name), results[i], state[n].IsSorted)
            )
        );
    }

    private static string Text(IEnumerable<string> columns, IEnumerable<object?[]> rows, bool isSorted)
    {
        var lines = rows.Select(r => string.Join(" | ", r.Select(OracleValues.Canonical)));
        return string.Join('\n', [string.Join(" | ", columns), .. isSorted ? lines : lines.Order(StringComparer.Ordinal)]);
    }

    private static string Query(OracleTable table)
    {
        var rows = table.Rows.Select(r => $"({string.Join(", ", r.Select((v, i) => Written.Value(v, table.Columns[i].Kind)))})");
        var nulls = $"({string.Join(", ", table.Columns.Select(c => Written.Value(null, c.Kind)))})";
        var names = string.Join(", ", table.Columns.Select(c => Written.Identifier(c.Name)));
        // A narrow key beside wide ones.
        var narrow = table.Columns.Any(c => c.Name == "k") ? " REPLACE (k::INTEGER AS k)" : "";
        return $"SELECT *{narrow} FROM (VALUES {string.Join(", ", rows.DefaultIfEmpty(nulls))}) t({names}){(table.Rows.Count == 0 ? " WHERE false" : "")}";
    }
}
