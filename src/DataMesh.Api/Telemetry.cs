using System.Diagnostics.Metrics;
using DataMesh.Api.Operations;
using DataMesh.Runtime.Silos;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DataMesh.Api;

/// <summary>
/// Sends traces and metrics by OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to; the usual OTEL variables say how. Without it nothing of
/// OpenTelemetry is loaded.
/// </summary>
public sealed class Telemetry : IDisposable
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceName = "datamesh";

    private readonly Meter _meter;
    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private Telemetry(SiloServices silo)
    {
        _meter = MeterOf(silo);
        var resource = ResourceBuilder.CreateDefault().AddService(ServiceName, serviceInstanceId: silo.Host.SiloId).AddAttributes([new("datamesh.cluster", silo.Cluster)]);
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(_meter.Name).AddOtlpExporter().Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(SiloRun.Traces.Name).AddOtlpExporter().Build();
    }

    /// <summary>Begins to send; null when nobody says where to.</summary>
    public static IDisposable? Start(SiloServices silo) => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable)) ? null : new Telemetry(silo);

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
        _meter.Dispose();
    }

    private static Meter MeterOf(SiloServices silo)
    {
        var meter = new Meter("DataMesh");
        foreach (var (name, help, value) in PrometheusText.Counters)
            meter.CreateObservableCounter(OtlpName(name), () => PrometheusText.TotalsOf(silo).Select(each => Of(each.Key, value(each.Value))), description: help);
        foreach (var (name, help, value) in PrometheusText.Gauges) meter.CreateObservableGauge(OtlpName(name), () => value(silo), description: help);
        meter.CreateObservableGauge(OtlpName(PrometheusText.Backlog.Name), () => PrometheusText.BacklogOf(silo).Select(each => Of(each.Pipeline, each.Bytes)), description: PrometheusText.Backlog.Help);
        meter.CreateObservableGauge("process.memory.usage", () => Environment.WorkingSet, "By", "Memory of the process.");
        return meter;
    }

    private static Measurement<long> Of(string pipeline, long value) => new(value, new KeyValuePair<string, object?>("pipeline", pipeline));

    /// <summary><c>datamesh_rows_in_total</c> is <c>datamesh.rows_in</c> there: the ending is Prometheus' own.</summary>
    private static string OtlpName(string name) => name.Replace("_total", "", StringComparison.Ordinal).Replace("datamesh_", "datamesh.", StringComparison.Ordinal);
}
