using System.CommandLine;
using DataMesh.Cli.Doctor;
using DataMesh.Cli.Output;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh doctor</c>: whether this machine and folder are fit for runs.</summary>
internal static class DoctorVerb
{
    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "Folder that tables should be written to.", DefaultValueFactory = _ => "." };
        var json = CommonOptions.Json();
        var command = new Command("doctor", "Check this machine and a folder: runtime, cores, memory, disk, permissions, and the file system promises that commits rely on.") { folder, json };
        command.Act((parsed, _) =>
        {
            var checks = MachineChecks.Run().Concat(FolderChecks.Run(parsed.GetValue(folder)!)).ToList();
            if (parsed.GetValue(json)) JsonPrinter.Print(new { Healthy = checks.TrueForAll(check => check.State != CheckState.Fail), Checks = checks });
            else checks.ForEach(Print);
            return Task.FromResult(checks.TrueForAll(check => check.State != CheckState.Fail) ? ExitCodes.Done : ExitCodes.Failed);
        });
        return command;
    }

    private static void Print(Check check)
    {
        var mark = check.State switch
        {
            CheckState.Ok => Terminal.Good("ok  "),
            CheckState.Warn => Terminal.Attention("warn"),
            _ => Terminal.Bad("FAIL"),
        };
        Terminal.Line($"{mark}  {check.Name,-16}{check.Found}");
        if (check.Advice is not null && check.State != CheckState.Ok) Terminal.Line($"      {check.Advice}");
    }
}
