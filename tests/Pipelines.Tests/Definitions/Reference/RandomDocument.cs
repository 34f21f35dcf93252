using System.Security;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions.Reference;

/// <summary>Random documents that fit a declaration.</summary>
internal static class RandomDocument
{
    public static Gen<string> Of(ElementSpec root) => Element(root, root.Name, 3);

    private static Gen<string> Element(ElementSpec spec, string name, int depth) =>
        from attributes in Gen.CollectToArray(spec.Attributes, a => Attribute(spec, a))
        from children in Children(spec, depth)
        from text in Text(spec)
        from blank in Gen.Elements("", " ", "\n  ", "<!-- c -->", "<?p i?>")
        let inside = string.Join(blank, [text, .. children, .. attributes.Where(a => a.StartsWith('<'))])
        select $"<{name}{string.Concat(attributes.Where(a => !a.StartsWith('<')))}>{blank}{inside}{blank}</{name}>";

    private static Gen<string> Attribute(ElementSpec spec, AttributeSpec a) =>
        from isThere in Gen.Frequency((1, Gen.Constant(false)), (2, Gen.Constant(true)))
        from asChild in Gen.Elements(false, a.OrChild)
        from value in Value(spec, a.Kind, a.Choices)
        select !isThere && !a.Required ? ""
        : asChild ? $"<{a.Name}>{SecurityElement.Escape(value.Trim().Length == 0 ? "x" : value)}</{a.Name}>"
        : $" {a.Name}='{SecurityElement.Escape(value)}'";

    private static Gen<IReadOnlyList<string>> Children(ElementSpec spec, int depth)
    {
        var parts = spec.Children.Select(c =>
            from count in Gen.Choose(c.Min, Math.Min(c.Max ?? 3, c.Min + 2))
            from children in Child(c.Element, depth).ArrayOf(count)
            select children
        );
        var all =
            from groups in Gen.CollectToArray(parts, p => p)
            from recursive in spec.Recursive && depth > 0 ? Child(spec, depth - 1).ArrayOf(depth) : Gen.Constant(Array.Empty<string>())
            select (IReadOnlyList<string>)[.. groups.SelectMany(g => g), .. recursive];
        var ordered = spec.AnyOrder ? all.SelectMany(a => Gen.Shuffle([.. a])).Select(a => (IReadOnlyList<string>)a) : all;
        return spec.LeastChildren == 0
            ? ordered
            : from some in ordered
            from one in Gen.Elements(spec.Children.ToArray()).SelectMany(c => Child(c.Element, depth))
            select some.Count >= spec.LeastChildren ? some : [one];
    }

    private static Gen<string> Child(ElementSpec spec, int depth) =>
        Gen.Elements<string>([.. spec.Names]).SelectMany(n => Element(spec, n, depth));

    private static Gen<string> Text(ElementSpec spec) =>
        spec.Content switch
        {
            ContentKind.None => Gen.Constant(""),
            ContentKind.Text => Value(spec, spec.TextKind, []).Select(v => SecurityElement.Escape(v.Trim().Length == 0 ? "x" : v)!),
            _ => Gen.Elements("a &lt; 1", "<![CDATA[SELECT 'x' WHERE a < :b]]>", "a\n  + 1"),
        };

    private static Gen<string> Value(ElementSpec spec, AttributeKind kind, IReadOnlyList<string> choices)
    {
        var plain = Plain(kind, choices);
        if (ValueForm.IsTrimmed(kind))
            plain = plain.SelectMany(v => Gen.Elements(v, $" {v} ", v));
        var takesParameters = !spec.IsFixed && ValueForm.TakesParameters(kind);
        return takesParameters ? Gen.Frequency((4, plain), (1, Gen.Elements("${a}", "x${a}/${b_1}y", "$${", "$${a}", " ${a} "))) : plain;
    }

    private static Gen<string> Plain(AttributeKind kind, IReadOnlyList<string> choices) =>
        kind switch
        {
            AttributeKind.Text => Gen.Elements("x", " a b ", "ä<>&\"'", "", "1"),
            AttributeKind.Name => Gen.Elements("a", "_b", "a-b.c", "größe_1"),
            AttributeKind.Names => Gen.Elements("a", "a-b, größe_1", "a ,\n b"),
            AttributeKind.Identifier => Gen.Elements("a", "_b", "runDay2"),
            AttributeKind.Dataset => Gen.Elements("a", "orders"),
            AttributeKind.Datasets => Gen.Elements("a", "a, b", "a,\n b"),
            AttributeKind.Columns => Gen.Elements("a", "a, b desc", "\"x,y\", \"z\""),
            AttributeKind.Boolean => Gen.Elements("true", "false"),
            AttributeKind.PositiveInteger => Gen.Choose(1, int.MaxValue).Select(n => $"{n}"),
            AttributeKind.Integer => Gen.Choose(0, int.MaxValue).Select(n => $"{n}"),
            AttributeKind.Choice => Gen.Elements<string>([.. choices]),
            AttributeKind.Path => Gen.Elements("a/b.csv", "s3://x/*.csv", "100%/a b"),
            AttributeKind.TargetPath => Gen.Elements("out", "out/%Y/%m/%d/%H", "100%%"),
            AttributeKind.Table => Gen.Elements("staging.a", "app.staging.a-b"),
            AttributeKind.Tables => Gen.Elements("staging.a", "staging.a, app.staging.a-b"),
            AttributeKind.Schema => Gen.Elements("schemas/a.avsc"),
            AttributeKind.Expression => Gen.Elements("a < 1", "a = 'x'\n AND b", "count(*)"),
            AttributeKind.Type => Gen.Elements("string", "decimal(12, 2)", "struct(a int, b timestamp[])"),
            AttributeKind.Character => Gen.Elements(",", "\\t", " ", "'", "|", "ä"),
            AttributeKind.Duration => Gen.Elements("PT2H", "P1D", "P1DT12H", "PT1.5S", "P2W"),
            AttributeKind.Cron => Gen.Elements("0 * * * *", "*/5 8-18 1,15 JAN-MAR MON-FRI", "0  0 * *\n *"),
            AttributeKind.TimeZone => Gen.Elements("UTC", "Europe/Zurich", "Etc/GMT+5"),
            AttributeKind.Timestamp => Gen.Elements("2026-01-31", "2026-01-31T18:30:00Z", "2026-01-31 18:30:00.123+01:00"),
            AttributeKind.Version => Gen.Elements("1", "1.0", "1.20.300"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of value has no generator."),
        };
}
