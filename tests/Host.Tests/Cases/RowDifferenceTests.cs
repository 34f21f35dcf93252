using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Host.Cases;

namespace ServerlessHub.Host.Tests.Cases;

public sealed class RowDifferenceTests
{
    [Fact]
    public void The_order_of_rows_does_not_count_unless_it_is_said()
    {
        string?[][] expected =
        [
            ["1"],
            ["2"],
        ];
        string?[][] actual =
        [
            ["2"],
            ["1"],
        ];

        Assert.True(RowDifference.Between(expected, actual, isOrdered: false).IsNone);
        Assert.Equal(1, RowDifference.Between(expected, actual, isOrdered: true).FirstOutOfOrder);
    }

    [Fact]
    public void A_null_is_not_the_empty_string()
    {
        var difference = RowDifference.Between(
            [
                ["1", null],
            ],
            [
                ["1", ""],
            ],
            isOrdered: false
        );

        Assert.Equal([1], Assert.Single(difference.Changed).Cells);
    }

    [Fact]
    public void A_row_that_comes_once_too_often_is_extra()
    {
        var difference = RowDifference.Between(
            [
                ["1"],
            ],
            [
                ["1"],
                ["1"],
            ],
            isOrdered: false
        );

        Assert.Empty(difference.Missing);
        Assert.Equal("1", Assert.Single(Assert.Single(difference.Extra)));
    }

    [Fact]
    public void Rows_with_one_key_are_shown_side_by_side_however_much_of_them_differs()
    {
        var difference = RowDifference.Between(
            [
                ["1", "a", "b", "c"],
                ["2", "a", "b", "c"],
            ],
            [
                ["2", "x", "y", "z"],
                ["3", "a", "b", "c"],
            ],
            isOrdered: false
        );

        var changed = Assert.Single(difference.Changed, c => c.Expected[0] == "2");
        Assert.Equal("2", changed.Actual[0]);
        Assert.Equal([1, 2, 3], changed.Cells);
    }

    [Fact]
    public void Rows_that_share_too_little_are_missing_and_extra()
    {
        var difference = RowDifference.Between(
            [
                ["1", "a", "b"],
            ],
            [
                ["2", "x", "b"],
            ],
            isOrdered: false
        );

        Assert.Empty(difference.Changed);
        Assert.Single(difference.Missing);
        Assert.Single(difference.Extra);
    }

    [Fact]
    public void Any_difference_accounts_for_every_row()
    {
        var cell = Gen.Elements<string?>(null, "", "a", "b");
        var rows = cell.ArrayOf(3).ListOf();
        Prop.ForAll(
                rows.ToArbitrary(),
                rows.ToArbitrary(),
                (expected, actual) =>
                {
                    var difference = RowDifference.Between([.. expected], [.. actual], isOrdered: false);
                    // What came out = what was expected, less the missing, plus the extra, with the changed put right.
                    var mended = Sorted(actual)
                        .Concat(Sorted(difference.Missing))
                        .Concat(Sorted(difference.Changed.Select(c => c.Expected)))
                        .Order(StringComparer.Ordinal);
                    var original = Sorted(expected)
                        .Concat(Sorted(difference.Extra))
                        .Concat(Sorted(difference.Changed.Select(c => c.Actual)))
                        .Order(StringComparer.Ordinal);
                    Assert.Equal(original, mended);
                    Assert.Equal(Sorted(expected).SequenceEqual(Sorted(actual)), difference.IsNone);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static IEnumerable<string> Sorted(IEnumerable<string?[]> rows) =>
        rows.Select(r => string.Join('|', r.Select(c => c is null ? "null" : $"'{c}'"))).Order(StringComparer.Ordinal);
}
