using System.Globalization;
using System.Text;
using DataMesh.Core.Storage;

namespace DataMesh.Formats.Tests.Delta;

/// <summary>
/// What the test assembly does when it is started as a program: it races with copies of itself for the numbers of a folder and prints
/// the ones that it won. <c>dotnet exec DataMesh.Formats.Tests.dll race FOLDER NUMBERS</c>
/// </summary>
internal static class RaceProgram
{
    public static int Main(string[] args)
    {
        if (args is not ["race", var folder, var numbers]) return 2;
        // All wait here until the starter closes their input: then they run at the same time.
        Console.WriteLine("ready");
        Console.In.ReadToEnd();
        for (var number = 0; number < int.Parse(numbers, CultureInfo.InvariantCulture); number++)
        {
            var content = Encoding.UTF8.GetBytes($"process {Environment.ProcessId} number {number}\n");
            if (DurableFiles.PutIfAbsent(Path.Combine(folder, number.ToString("D20", CultureInfo.InvariantCulture)), content)) Console.WriteLine(number);
        }

        return 0;
    }
}
