using System.CommandLine;
using System.CommandLine.Invocation;
using DataMesh.Cli;
using DataMesh.Cli.Verbs;

var root = new RootCommand("DataMesh runs data pipelines: from files to clean, typed tables, with every record accounted for.")
{
    InitVerb.Create(),
    ValidateVerb.Create(),
    TestVerb.Create(),
    PlanVerb.Create(),
    PeekVerb.Create(),
    ProfileVerb.Create(),
    RunVerb.Create(),
    DatasetVerb.Create(),
    LedgerVerb.Create(),
    DriftVerb.Create(),
    QuarantineVerb.Create(),
    ExplainVerb.Create(),
    SchemaVerb.Create(),
    DoctorVerb.Create(),
};
root.Add(CommonOptions.Verbose);
Console.OutputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
if (args.Length == 0) args = ["--help"];
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    Usage.Explain(root, parsed);
    return ExitCodes.Invalid;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
