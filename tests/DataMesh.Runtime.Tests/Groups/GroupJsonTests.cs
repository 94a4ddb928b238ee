using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Drift;
using DataMesh.Runtime.Groups;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Groups;

/// <summary>What crosses between a coordinator and its instances is the same on the other side.</summary>
public class GroupJsonTests
{
    private static readonly Schema Columns = new([new Field("a", DataType.Int64), new Field("b", DataType.Decimal(12, 3), false), new Field("c", DataType.Null)]);

    [Fact]
    public void An_order_survives() => Check(
        new PartOrder(3, 2, 7, [new SourceFacts(Columns, true, Columns, ["a"], ["b"], ["c"])], [Columns, null])
        {
            Replaces = true,
            MayEndAnywhere = false,
            ScansForWidenings = true,
            KeepsState = true,
            States = [new StageState("s", [new StateFile("f.state", 12)])],
        },
        GroupJson.Default.PartOrder);

    [Fact]
    public void A_granted_split_survives()
    {
        var split = new Split("in/a.csv", "a.csv", 3, -1, 1000, "id") { MayGrow = true };
        var shape = new SourceShape(
            [new ShapeColumn("a", DataType.Int64) { Before = DataType.Null, Strays = DataType.String, HasNulls = true, Came = DriftKind.ColumnAdded, From = "x", IsGone = true, GoneTo = "y", IsLoose = true }], true)
        { KeptOrder = ["a"] };
        var view = new SplitView(0, 5, split, new SplitShape(shape, 12) { IsComplete = false }, null, shape) { IsFirst = true };
        Check(
            new SplitGrant(0, split, 44, new JudgedSplit(view, [new DriftChange(DriftKind.ColumnAdded, "a", null, "int64", DriftAction.Quarantine) { Added = ["a"] }]), true), GroupJson.Default.SplitGrant);
        Check(new SplitGrant(1, split, 3, null, false), GroupJson.Default.SplitGrant);
    }

    [Fact]
    public void A_report_survives() => Check(
        new PartReport(1, 3, true, false, [new StageCounts("s", "filter", 10, 0, 8, 2, 0, 0, 0)], new Dictionary<string, long> { ["misfit"] = 2 })
        {
            Widenings = [new Widening(0, "a", DataType.Float64, "a.csv @ 5") { At = new BlockPlace("in/a.csv", 5), Because = FindingKind.Misfit }],
            Outputs = [new StagedOutput(Columns, [new StagedFile("p=1/f.parquet", 100, 8, new Dictionary<string, string?> { ["p"] = "1", ["q"] = null }, "{}", 12)])],
            Bad = new QuarantinePart("q.parquet", 2, 300),
            Finished = [new SplitPosition("s", "in/a.csv", "id", 0, 1000)],
            Open = new HeldSplit("b.csv", new SplitPosition("s", "in/b.csv", "id", 0, 500)),
            State = [new StageState("s", [new StateFile("f.state", 12)])],
            Notices = new Dictionary<string, long> { ["rows kept"] = 3 },
        },
        GroupJson.Default.PartReport);

    [Fact]
    public void Small_messages_survive()
    {
        Check(new PartBeginning(1, 2, -1), GroupJson.Default.PartBeginning);
        Check(new SplitRequest(1, 2, new FinishedSplit(0, "in/a.csv")), GroupJson.Default.SplitRequest);
        Check(new SplitRequest(1, 2, null), GroupJson.Default.SplitRequest);
        Check(new Finding(FindingKind.Misfit, new SplitName(0, "in/a.csv", "a.csv"), "a", DataType.String, 7, 5, "x"), GroupJson.Default.Finding);
    }

    [Theory]
    [InlineData("{\"attempt\":1,\"plan\":1,\"epoch\":1,\"sources\":[],\"schemas\":[[[\"a\",\"nonsense\",true]]]}")]
    [InlineData("{\"attempt\":1,\"plan\":1,\"epoch\":1,\"sources\":[],\"schemas\":[[[\"a\"]]]}")]
    [InlineData("{\"attempt\":1,\"plan\":1,\"epoch\":1,\"sources\":[],\"schemas\":[7]}")]
    [InlineData("[]")]
    public void Nonsense_is_refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, GroupJson.Default.PartOrder));

    private static void Check<T>(T sent, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.Serialize(sent, type);
        var received = JsonSerializer.Deserialize(json, type)!;
        Assert.Equal(json, JsonSerializer.Serialize(received, type));
        Assert.Equivalent(sent, received, strict: true);
    }
}
