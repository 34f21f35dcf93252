namespace ServerlessHub.Host.Tests;

/// <summary>A hub root for one test; it goes with it.</summary>
internal sealed class TemporaryHub : IDisposable
{
    public TemporaryHub() => Write("config/applications/.keep", "");

    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("hub-host-test-").FullName;

    /// <summary>Where a file of the root is.</summary>
    public string Locate(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>The files below a folder, at any depth; none where there is no such folder.</summary>
    public string[] Files(string folder) =>
        Directory.Exists(Locate(folder)) ? Directory.GetFiles(Locate(folder), "*", SearchOption.AllDirectories) : [];

    /// <summary>Writes a file.</summary>
    public void Write(string file, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Locate(file))!);
        File.WriteAllText(Locate(file), content);
    }

    /// <summary>Writes a pipeline of the application <c>shop</c> that reads <c>landing/rows.csv</c> into the table <c>staging.rows</c>.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="steps">Its transformations.</param>
    /// <param name="rows">The file's content.</param>
    /// <param name="mode">How it writes the table.</param>
    public void WritePipeline(string id, string steps, string rows, string mode = "append")
    {
        Write("landing/rows.csv", rows);
        Write(
            $"config/applications/shop/staging/pipelines/{id}.xml",
            $"""
            <pipeline id="{id}" version="1.0" layer="staging">
              <sources><csv id="rows" path="landing/rows.csv"/></sources>
              <transformations>{steps}</transformations>
              <targets><hive table="staging.rows" mode="{mode}"/></targets>
            </pipeline>
            """
        );
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
