using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace DataMesh.Hosting.Orleans.Silos;

/// <summary>What differs from Orleans' defaults, and why.</summary>
internal static class Tuning
{
    public static void Apply(ISiloBuilder silo, FailureDetection detection)
    {
        // Turns are short; one that takes longer is told again, to wherever its grain lives by then.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
        silo.Configure<GrainCollectionOptions>(collection => (collection.ActivationTimeout, collection.DeactivationTimeout) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)));
        // A silo that went away and came back is waited for by a connection attempt that fails at once.
        silo.Configure<ConnectionOptions>(connection => (connection.ConnectionRetryDelay, connection.OpenConnectionTimeout) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)));
        silo.Configure<ReminderOptions>(reminders => reminders.RefreshReminderListPeriod = TimeSpan.FromMinutes(1));
        if (detection == FailureDetection.Tuned) silo.Configure<ClusterMembershipOptions>(Detect);
    }

    private static void Detect(ClusterMembershipOptions membership)
    {
        // Three probes in a row that are not answered within half a second. Garbage collections of this program take milliseconds, and a busy machine
        // answers late rather than never: a second would be too tight for that, five seconds stop a pipeline for a quarter of a minute.
        membership.ProbeTimeout = TimeSpan.FromMilliseconds(500);
        membership.MinProbeTimeout = TimeSpan.FromMilliseconds(400);
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 3;
        // Silos that come and go are seen in Redis too, when nobody told.
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        // A silo that starts after all others were killed must not wait for minutes until it may believe that they are gone.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedTableIAmAliveLimit = 3;
        membership.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);
        // Nobody needs the rows of silos that have been dead for a day.
        membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
    }
}
