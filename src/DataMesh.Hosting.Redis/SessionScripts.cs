namespace DataMesh.Hosting.Redis;

/// <summary>
/// Who is there. <c>silos</c>: the set of living sessions; <c>silo:ID</c>: facts of one; <c>running:ID</c>: the groups it holds that must be running;
/// <c>leases:ID</c>: all that it holds; <c>orphans</c>: groups that must be running and that nobody holds, by the time since when.
/// </summary>
internal static class SessionScripts
{
    /// <summary>
    /// Renews a session and says who is there. A session that is gone is made anew under its id only when Redis itself was restarted meanwhile.
    /// ARGV: id, address, since, grains, leaving, last known run id of Redis ('' when joining).
    /// Returns 'gone', or: run id, number of orphans, groups of this silo that must be running, then per silo: id, beats, address, since, grains, running, leaving.
    /// </summary>
    public static readonly RedisScript Renew = new(
        """
        local p, id = KEYS[1], ARGV[1]
        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
        if redis.call('SISMEMBER', p .. 'silos', id) == 0 then
          if ARGV[6] == run then return {'gone'} end
          redis.call('SADD', p .. 'silos', id)
        end
        redis.call('HINCRBY', p .. 'silo:' .. id, 'beats', 1)
        redis.call('HSET', p .. 'silo:' .. id, 'address', ARGV[2], 'since', ARGV[3], 'grains', ARGV[4], 'leaving', ARGV[5])
        local reply = {run, tostring(redis.call('ZCARD', p .. 'orphans')), tostring(redis.call('SCARD', p .. 'running:' .. id))}
        for _, silo in ipairs(redis.call('SMEMBERS', p .. 'silos')) do
          local facts = redis.call('HMGET', p .. 'silo:' .. silo, 'beats', 'address', 'since', 'grains', 'leaving')
          for _, part in ipairs({silo, facts[1] or '0', facts[2] or '', facts[3] or '0', facts[4] or '0', tostring(redis.call('SCARD', p .. 'running:' .. silo)), facts[5] or '0'}) do
            reply[#reply + 1] = part
          end
        end
        return reply
        """);

    /// <summary>Ends a session that has not beaten since; what it held that must be running becomes orphaned. ARGV: id, beats. Returns 1 when done.</summary>
    public static readonly RedisScript Bury = new(
        Orphan +
        """
        local id = ARGV[1]
        if redis.call('SISMEMBER', p .. 'silos', id) == 0 or redis.call('HGET', p .. 'silo:' .. id, 'beats') ~= ARGV[2] then return 0 end
        orphan_all(id)
        return 1
        """);

    /// <summary>Ends the own session. ARGV: id.</summary>
    public static readonly RedisScript Leave = new(
        Orphan +
        """
        orphan_all(ARGV[1])
        return 1
        """);

    private const string Orphan =
        """
        local p = KEYS[1]
        local function now()
          local time = redis.call('TIME')
          return time[1] * 1000000 + time[2]
        end
        local function orphan_all(id)
          local since = string.format('%.0f', now())
          for _, group in ipairs(redis.call('SMEMBERS', p .. 'running:' .. id)) do
            if redis.call('HGET', p .. 'lease:' .. group, 's') == id then redis.call('ZADD', p .. 'orphans', since, group) end
          end
          redis.call('SREM', p .. 'silos', id)
          redis.call('DEL', p .. 'silo:' .. id, p .. 'running:' .. id, p .. 'leases:' .. id)
          redis.call('PUBLISH', p .. 'wake', id)
        end

        """;
}
