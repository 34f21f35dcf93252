using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

/// <summary>Draws cases.</summary>
internal sealed class RandomCases(Random random)
{
    private const string Odd = "Größe \"x\", y";

    private static readonly string[] Zones = ["UTC", "Europe/Zurich", "America/New_York"];
    private static readonly string[] Metrics = ["count", "countDistinct", "sum", "min", "max", "first", "last", "avg", "median", "p95"];
    private static readonly (string Window, string? Slide)[] Windows =
    [
        ("hourly", null),
        ("daily", null),
        ("weekly", null),
        ("monthly", null),
        ("PT1H", null),
        ("PT90M", null),
        ("P1D", null),
        ("P3D", null),
        ("P1W", null),
        ("0 6 * * *", null),
        ("30 2 * * MON", null),
        ("*/25 1 * * *", null),
        ("P3D", "P1D"),
        ("P1W", "P3D"),
        ("monthly", "P1W"),
        ("P1D", "PT90M"),
        ("PT90M", "PT1H"),
    ];

    private readonly RandomValues values = new(random);
    private readonly List<OracleStep> steps = [];
    private int ids;

    /// <summary>A case of one to six steps.</summary>
    public static RandomCase Draw(int seed) => new RandomCases(new Random(seed)).Draw();

    private RandomCase Draw()
    {
        var reference = new OracleTable(
            [new("k", Kind.Whole), new("g", Kind.Text), new("label", Kind.Text), new("rate", Kind.Decimal)],
            []
        );
        var start = new RandomCase(
            Pick(Zones),
            new Dictionary<string, OracleTable> { ["a"] = Table(), ["b"] = Table() },
            reference.WithRows(Rows(reference.Columns, 6)),
            Pick([RowOrder.Materialised, RowOrder.Numbered]),
            [],
            "a",
            "b"
        );
        var state = start.Expected();
        var wanted = random.Next(1, 7);
        for (var attempt = 0; steps.Count < wanted && attempt < 40 && !IsInexact(); attempt++)
        {
            steps.Add(Step(state));
            if ((start with { Steps = steps }).IsPossible())
                state = (start with { Steps = steps }).Expected();
            else
                steps.RemoveAt(steps.Count - 1);
        }
        var names = state.Names.ToArray();
        var result = Pick(names);
        // A sort in which all rows are equal keeps the order there was, and makes it part of the result.
        if (Chance(50) && !IsInexact())
            steps.AddRange([
                new DeriveColumn(result, "one", new Constant(1L, Kind.Whole), null),
                new SortBy(result, [("one", false)], false, null),
            ]);
        return start with { Steps = [.. steps], Result = result, Other = Pick(names) };
    }

    // What is rounded may differ in its last digits, so nothing is made to depend on it.
    private bool IsInexact() =>
        steps.LastOrDefault() is GroupRows { Metrics: var metrics } && metrics.Any(m => m.Function is "avg" or "median" or "p95");

    private OracleStep Step(OracleState state)
    {
        var name = Pick([.. state.Names]);
        var table = state[name];
        string[] columns = [.. table.Columns.Select(c => c.Name)];
        var id = Chance(25) ? $"t{++ids}" : null;
        return random.Next(12) switch
        {
            0 => new FilterBy(name, values.Condition(table), id),
            1 => new DeriveColumn(
                name,
                Chance(40) ? Pick(columns) : "x",
                values.Expression(table, Pick([Kind.Whole, Kind.Text, Kind.Truth])),
                id
            ),
            2 => new SelectColumns(name, Selected(columns), id),
            3 => new SortBy(name, [.. Some(columns, 1, 2).Select(c => (c, Chance(40)))], Chance(30), id),
            4 or 5 => new KeepOne(name, Some(columns, 1, 2), Pick(["first", "last", "latest"]), Some(columns, 1, 2), id),
            6 or 7 => Join(state, name, Pick([.. state.Names]), id),
            8 => LookUp(name, table, id),
            9 => new MergeAll([name, .. Some([.. state.Names], 1, 2)], Chance(80), Chance(40), id),
            10 => Chance(50)
                ? new MaskColumns(name, Some(columns, 1, 2), Pick([MaskStrategy.Hash, MaskStrategy.Redact, MaskStrategy.Tokenize]), id)
                : new RunSql(name, values.Condition(table), id),
            _ => Aggregate(name, table, id),
        };
    }

    private List<(string, string?)> Selected(string[] columns) =>
        [.. Some(columns, 1, columns.Length).Select((c, i) => (c, Chance(25) ? $"c{i}" : null))];

    private JoinWith Join(OracleState state, string left, string right, string? id)
    {
        var (l, r) = (state[left], state[right]);
        var pairs = l
            .Columns.SelectMany(a =>
                r.Columns.Where(b => a.Kind == b.Kind && (a.Name == b.Name || Chance(10))).Select(b => (a.Name, b.Name))
            )
            .ToArray();
        var keys = pairs.Length == 0 ? [] : Some(pairs, 1, 2);
        return new JoinWith(
            left,
            right,
            Pick(["inner", "left", "right", "full", "semi", "anti"]),
            keys,
            keys.Length == 0 || Chance(20) ? values.Across(l, left, r, right) : null,
            id
        );
    }

    private LookUp LookUp(string name, OracleTable table, string? id)
    {
        string[] shared = [.. new[] { "k", "g" }.Where(c => table.IndexOf(c) >= 0)];
        var on = shared.Length == 0 ? ["k"] : Some(shared, 1, 2);
        var fields = Chance(50) ? new[] { ("label", "label") } : [("rate", "rate"), ("label", "tag")];
        return new LookUp(name, on, fields, Chance(30), Chance(60), fields.Length == 1 && Chance(50) ? "none" : null, id);
    }

    private GroupRows Aggregate(string name, OracleTable table, string? id)
    {
        string[] columns = [.. table.Columns.Select(c => c.Name)];
        var times = table.Columns.Where(c => c.Kind is Kind.Date or Kind.Moment).Select(c => c.Name).ToArray();
        var (window, slide) = Pick(Windows);
        return new GroupRows(
            name,
            Chance(80) ? Some(columns, 1, 2) : [],
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(Metric)],
            times.Length > 0 && Chance(50) ? new OracleWindow(window, Pick(times), slide) : null,
            id
        );

        (string, string?, string) Metric(int number) =>
            Chance(15) ? ("count", null, $"m{number}") : (Pick(Metrics), Pick(columns), $"m{number}");
    }

    private OracleTable Table()
    {
        OracleColumn[] pool =
        [
            new("k", Kind.Whole),
            new("g", Kind.Text),
            new("n", Pick([Kind.Whole, Kind.Decimal, Kind.Double])),
            new("d", Kind.Decimal),
            new(Odd, Kind.Text),
            new("b", Kind.Truth),
            new("day", Pick([Kind.Date, Kind.Moment])),
            new("at", Kind.Moment),
        ];
        OracleColumn[] columns = [.. pool.Where(_ => Chance(60))];
        columns = columns.Length == 0 ? [pool[0]] : columns;
        return new OracleTable(columns, Rows(columns, 12));
    }

    private object?[][] Rows(IReadOnlyList<OracleColumn> columns, int most) =>
        [.. Enumerable.Range(0, random.Next(0, most + 1)).Select(_ => columns.Select(c => values.Value(c.Kind)).ToArray())];

    private T[] Some<T>(IReadOnlyList<T> all, int least, int most)
    {
        var shuffled = all.ToArray();
        random.Shuffle(shuffled);
        return shuffled[..Math.Min(all.Count, random.Next(least, most + 1))];
    }

    private T Pick<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    private bool Chance(int percent) => random.Next(100) < percent;
}
