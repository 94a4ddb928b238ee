using System.Text.Json;
using DataMesh.Tests;

namespace DataMesh.Cli.Tests;

/// <summary>A whole run into a table that is awkward in every way at once, checked from the outside.</summary>
public sealed class PartitionedTableTests
{
    private const string Pipeline = """
        pipeline: awkward
        source: { type: file, path: "data/*.csv" }
        dataset: { name: awkward, path: "lake/awk ward", partition_by: ["Origin State", "Tag"] }
        """;

    [Fact]
    public void Spaces_nulls_and_unicode_in_names_and_partition_values_survive_two_runs()
    {
        using var folder = new TemporaryFolder();
        folder.Write("p.yaml", Pipeline);
        folder.Write("data/a.csv", """"
            Origin State,Cost Total $,名前,Day=Of (x),Tag
            Côte d'Ivoire,12.50,"a, ""b""",2024-02-29,x/y
            ,3,,2023-01-01,x/y
            N/A,,Ünï,,100%
            東京=:?#,-1,z,1969-12-31,
            """");
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml").ExitCode);
        folder.Write("data/b.csv", "Origin State,Cost Total $,名前,Day=Of (x),Tag,New One\nCôte d'Ivoire,1e3,q,2024-03-01,x/y,true\n");
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml").ExitCode);

        var table = Path.Combine(folder.Root, "lake", "awk ward");
        var check = JsonSerializer.Deserialize<JsonElement>(Node.Run("delta-check.mjs", table));
        Assert.Equal((1, 5, 5), (check.GetProperty("version").GetInt32(), check.GetProperty("files").GetInt32(), check.GetProperty("rows").GetInt32()));

        string[] expected =
        [
            "[null,3,null,\"2023-01-01\",\"x/y\",null]",
            "[\"Côte d'Ivoire\",12.5,\"a, \\\"b\\\"\",\"2024-02-29\",\"x/y\",null]",
            "[\"Côte d'Ivoire\",1000,\"q\",\"2024-03-01\",\"x/y\",true]",
            "[\"N/A\",null,\"Ünï\",null,\"100%\",null]",
            "[\"東京=:?#\",-1,\"z\",\"1969-12-31\",null,null]",
        ];
        var sql = Node.Run("duckdb-table.mjs", table, """SELECT "Origin State", "Cost Total $", "名前", "Day=Of (x)", Tag, "New One" FROM t ORDER BY 1 NULLS FIRST, 2""");
        Assert.Equal($"[{string.Join(',', expected)}]", sql.Trim());
        var shown = DatameshProcess.Run(folder.Root, "dataset", "show", table, "--json").Json.GetProperty("first_rows");
        Assert.Equal(expected.Order(StringComparer.Ordinal), shown.EnumerateArray().Select(InOrder).Order(StringComparer.Ordinal));
    }

    private static string InOrder(JsonElement row) => $"[{string.Join(',', ((string[])["Origin State", "Cost Total $", "名前", "Day=Of (x)", "Tag", "New One"])
        .Select(name => row.GetProperty(name)).Select(value => value.ValueKind == JsonValueKind.Number ? value.GetDouble().ToString(System.Globalization.CultureInfo.InvariantCulture) : value.GetRawText()))}]";
}
