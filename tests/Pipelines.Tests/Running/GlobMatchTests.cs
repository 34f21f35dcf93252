using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Tests.Running;

public sealed class GlobMatchTests
{
    [Theory]
    [InlineData("in/*.csv", "in/a.csv", true)]
    [InlineData("in/*.csv", "in/deep/a.csv", false)]
    [InlineData("in/*.csv", "in/.a.csv", false)]
    [InlineData("in/**/*.csv", "in/a.csv", true)]
    [InlineData("in/**/*.csv", "in/x/y/a.csv", true)]
    [InlineData("in/**/*.csv", "in/.hidden/a.csv", false)]
    [InlineData("in/**", "in/x/a", true)]
    [InlineData("in/**", "in/x/_delta_log/a", false)]
    [InlineData("in/{a,b}/?.csv", "in/b/1.csv", true)]
    [InlineData("in/{a,b}/?.csv", "in/c/1.csv", false)]
    [InlineData("in/[!_.]*", "in/_a", false)]
    [InlineData("[a-c]x[]3]", "bx]", true)]
    [InlineData("[a-c]x[]3]", "dx3", false)]
    [InlineData("a[b", "a[b", true)]
    [InlineData("*a*b?d", "xaybbcd", true)]
    [InlineData("*a*b?d", "xaybbc", false)]
    [InlineData("a**", "a", true)]
    [InlineData("in/a.csv", "in/a.csv", true)]
    [InlineData("in/a.csv", "in", false)]
    public void A_path_matches_as_the_files_of_a_folder_would(string pattern, string path, bool matches)
    {
        Assert.Equal(matches, Glob.Parse(pattern).IsMatch(path));

        var folder = Directory.CreateTempSubdirectory("glob-").FullName;
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "");
        Assert.Equal(matches, Glob.Parse(pattern).Files(folder, _ => { }).Contains(path));
        Directory.Delete(folder, recursive: true);
    }
}
