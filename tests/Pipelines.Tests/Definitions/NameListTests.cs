using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class NameListTests
{
    [Fact]
    public void Commas_separate_but_not_in_quotes_or_parentheses() =>
        Assert.Equal(
            [("a", 0), ("b desc", 3), ("\"c,d\"", 12), ("f(x, y)", 19), ("decimal(1,2)[]", 27)],
            NameList.Located("a, b desc,  \"c,d\" ,f(x, y),decimal(1,2)[],, ")
        );

    [Fact]
    public void Quotes_around_a_name_are_not_part_of_it() => Assert.Equal(["a b", "c\"d", "e"], NameList.Split("\"a b\", \"c\"\"d\",e"));

    [Fact]
    public void Each_part_stands_where_it_says() =>
        Prop.ForAll(
                Gen.Elements("a", ",", " ", "\"", "(", ")", "[", "]", "\n").ListOf().Select(string.Concat).ToArbitrary(),
                list => NameList.Located(list).All(p => list.Substring(p.Offset, p.Text.Length) == p.Text)
            )
            .QuickCheckThrowOnFailure();
}
