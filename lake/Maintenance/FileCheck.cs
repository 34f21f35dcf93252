using System.Globalization;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Maintenance;

/// <summary>Compares the files that a version of a table needs with those that are there.</summary>
internal static class FileCheck
{
    public static IReadOnlyList<FileProblem> Run(ILakeStorage storage, string table, IReadOnlyList<DataFile> files)
    {
        var there = storage.ListBelow(table).ToDictionary(file => file.Path, file => file.Size);
        var problems = new List<FileProblem>();
        foreach (var file in files)
            Check(file.Path, file.Size);
        foreach (var vectors in files.Select(file => file.Action.DeletionVector?.File).OfType<string>().Distinct())
            Check(vectors, size: 0);
        return problems;

        // Some writers name files of another table, absolutely.
        void Check(string path, long size)
        {
            var place = TablePath.Resolve(storage, table, path);
            var found = there.TryGetValue(place, out var bytes) ? bytes : storage.Find(place)?.Size;
            if (found is null)
                problems.Add(new(path, "is gone"));
            else if (size > 0 && found != size)
                problems.Add(new(path, string.Create(CultureInfo.InvariantCulture, $"has {found} bytes, where the log says {size}")));
        }
    }
}
