using System.Diagnostics;

namespace ServerlessHub.Tests.Shared;

/// <summary>A package of npm that tests use as a program of somebody else's.</summary>
internal static class NpmPackage
{
    /// <summary>The path of a file in the package, which is installed at its first use. Whoever is second to install it uses the first one's.</summary>
    /// <exception cref="InvalidOperationException">npm does not install it.</exception>
    public static string PathOf(string name, string version, params string[] file)
    {
        var folder = Repository.PathOf("artifacts", "npm", $"{name.Replace('/', '-').TrimStart('@')}-{version}");
        var path = Path.Combine([folder, "node_modules", .. name.Split('/'), .. file]);
        if (File.Exists(path))
            return path;
        var aside = $"{folder}-{Guid.NewGuid():N}";
        Directory.CreateDirectory(aside);
        Install(name, version, aside);
        try
        {
            Directory.Move(aside, folder);
        }
        catch (IOException) when (File.Exists(path))
        {
            Directory.Delete(aside, recursive: true);
        }
        return path;
    }

    private static void Install(string name, string version, string folder)
    {
        string[] arguments =
        [
            "install",
            $"{name}@{version}",
            "--prefix",
            folder,
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ];
        using var npm = Process.Start(
            new ProcessStartInfo("npm", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEnd();
        npm.WaitForExit();
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"The tests use {name}, and npm does not install it:\n{output.Result}{errors}");
    }
}
