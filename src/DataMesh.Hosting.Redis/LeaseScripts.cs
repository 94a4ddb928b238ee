namespace DataMesh.Hosting.Redis;

/// <summary>
/// Who holds what. <c>lease:GROUP</c>: holder <c>s</c> and fencing token <c>f</c>; a lease whose holder has no session is free; the other
/// fields are its grains. <c>kept:GROUP</c>: the
/// grains of the group that must be running.
/// </summary>
internal static class LeaseScripts
{
    /// <summary>
    /// Finds the silo of a group, or places it: near the asker, or where the fewest groups are running; one of several tasks of a pipeline first of all where
    /// the fewest of these are, so that they spread. The holder that asks has lost its activation and gets a
    /// new token. ARGV: group, asker, 1 when it is to be near, 2 when it is to be near also while the asker leaves. Returns: holder, address, token.
    /// </summary>
    public static readonly RedisScript Acquire = new(
        Common +
        """
        local group, asker, near = ARGV[1], ARGV[2], ARGV[3]
        local holder = redis.call('HGET', p .. 'lease:' .. group, 's')
        if holder and redis.call('SISMEMBER', p .. 'silos', holder) == 1 and holder ~= asker then
          return {holder, redis.call('HGET', p .. 'silo:' .. holder, 'address'), redis.call('HGET', p .. 'lease:' .. group, 'f')}
        end
        if redis.call('SISMEMBER', p .. 'silos', asker) == 0 then return redis.error_reply('NOSESSION ' .. asker) end
        local target = asker
        if holder ~= asker and near ~= '2' and (near ~= '1' or redis.call('HGET', p .. 'silo:' .. asker, 'leaving') == '1') then target = least_loaded(asker, group) end
        local fence = give(group, target)
        if target ~= asker and redis.call('SISMEMBER', p .. 'running:' .. target, group) == 1 then redis.call('PUBLISH', p .. 'wake', group) end
        return {target, redis.call('HGET', p .. 'silo:' .. target, 'address'), fence}
        """);

    /// <summary>
    /// Takes up orphaned groups: a share, so that all silos come to the same load; any that has waited for a second. ARGV: silo. Returns the groups.
    /// </summary>
    public static readonly RedisScript Adopt = new(
        Common +
        """
        local me = ARGV[1]
        if redis.call('SISMEMBER', p .. 'silos', me) == 0 or redis.call('HGET', p .. 'silo:' .. me, 'leaving') == '1' then return {} end
        local orphans = redis.call('ZCARD', p .. 'orphans')
        if orphans == 0 then return {} end
        local silos, total = 0, orphans
        for _, silo in ipairs(redis.call('SMEMBERS', p .. 'silos')) do
          if redis.call('HGET', p .. 'silo:' .. silo, 'leaving') ~= '1' then
            silos = silos + 1
            total = total + redis.call('SCARD', p .. 'running:' .. silo)
          end
        end
        local share = math.ceil(total / silos) - redis.call('SCARD', p .. 'running:' .. me)
        local stale = now() - 1000000
        local taken = {}
        for _, group in ipairs(redis.call('ZRANGE', p .. 'orphans', 0, 255)) do
          local since = tonumber(redis.call('ZSCORE', p .. 'orphans', group))
          local holder = redis.call('HGET', p .. 'lease:' .. group, 's')
          if redis.call('SCARD', p .. 'kept:' .. group) == 0 or (holder and redis.call('SISMEMBER', p .. 'silos', holder) == 1) then
            redis.call('ZREM', p .. 'orphans', group)
          elseif share > 0 or since < stale then
            give(group, me)
            share = share - 1
            taken[#taken + 1] = group
          end
        end
        return taken
        """);

    /// <summary>
    /// Hands a group to another silo, or to whoever takes it up. ARGV: group, holder, token, target or ''. Returns 1 when it was the holder's to give.
    /// </summary>
    public static readonly RedisScript Release = new(
        Common +
        """
        local group, me, fence, target = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
        local lease = redis.call('HMGET', p .. 'lease:' .. group, 's', 'f')
        if lease[1] ~= me or lease[2] ~= fence then return 0 end
        if target ~= '' and redis.call('SISMEMBER', p .. 'silos', target) == 1 then
          give(group, target)
        else
          redis.call('HSET', p .. 'lease:' .. group, 's', '')
          redis.call('SREM', p .. 'leases:' .. me, group)
          redis.call('SREM', p .. 'running:' .. me, group)
          if redis.call('SCARD', p .. 'kept:' .. group) > 0 then redis.call('ZADD', p .. 'orphans', string.format('%.0f', now()), group) end
        end
        if redis.call('SCARD', p .. 'kept:' .. group) > 0 then redis.call('PUBLISH', p .. 'wake', group) end
        return 1
        """);

    /// <summary>The grains of a group that must be running. ARGV: group.</summary>
    public static readonly RedisScript Kept = new("return redis.call('SMEMBERS', KEYS[1] .. 'kept:' .. ARGV[1])");

    /// <summary>The groups of a silo that must be running. ARGV: silo.</summary>
    public static readonly RedisScript Running = new("return redis.call('SMEMBERS', KEYS[1] .. 'running:' .. ARGV[1])");

    /// <summary>Whether a lease is still what it was. ARGV: group, holder, token.</summary>
    public static readonly RedisScript Check = new(
        """
        local lease = redis.call('HMGET', KEYS[1] .. 'lease:' .. ARGV[1], 's', 'f')
        return (lease[1] == ARGV[2] and lease[2] == ARGV[3]) and 1 or 0
        """);

    /// <summary>Lets one silo at a time move groups. ARGV: silo, milliseconds. Returns 1 for the one.</summary>
    public static readonly RedisScript MayMove = new("return redis.call('SET', KEYS[1] .. 'moving', ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0");

    /// <summary>All leases, up to a bound. ARGV: bound. Returns per lease: group, holder, token, running.</summary>
    public static readonly RedisScript List = new(
        """
        local p, bound, reply = KEYS[1], tonumber(ARGV[1]), {}
        local function add(group, silo)
          if #reply >= bound * 4 then return end
          for _, part in ipairs({group, silo, redis.call('HGET', p .. 'lease:' .. group, 'f') or '0', tostring(math.min(1, redis.call('SCARD', p .. 'kept:' .. group)))}) do reply[#reply + 1] = part end
        end
        for _, group in ipairs(redis.call('ZRANGE', p .. 'orphans', 0, bound)) do add(group, '') end
        for _, silo in ipairs(redis.call('SMEMBERS', p .. 'silos')) do
          for _, group in ipairs(redis.call('SRANDMEMBER', p .. 'leases:' .. silo, bound)) do add(group, silo) end
        end
        return reply
        """);

    private const string Common =
        """
        local p = KEYS[1]
        local function now()
          local time = redis.call('TIME')
          return time[1] * 1000000 + time[2]
        end
        local function give(group, target)
          local lease = redis.call('HMGET', p .. 'lease:' .. group, 's', 'f')
          local fence = string.format('%.0f', math.max(tonumber(lease[2] or '0') + 1, now()))
          if lease[1] and lease[1] ~= '' then
            redis.call('SREM', p .. 'leases:' .. lease[1], group)
            redis.call('SREM', p .. 'running:' .. lease[1], group)
          end
          redis.call('HSET', p .. 'lease:' .. group, 's', target, 'f', fence)
          redis.call('SADD', p .. 'leases:' .. target, group)
          redis.call('ZREM', p .. 'orphans', group)
          if redis.call('SCARD', p .. 'kept:' .. group) > 0 then redis.call('SADD', p .. 'running:' .. target, group) end
          return fence
        end
        local function siblings(group)
          local of = {}
          local tasks = string.match(group, '^(instance:.*/task/)%d+$')
          if not tasks then return of end
          for number = 0, 255 do
            local other = tasks .. number
            local holder = other ~= group and redis.call('HGET', p .. 'lease:' .. other, 's')
            if holder then of[holder] = (of[holder] or 0) + 1 end
          end
          return of
        end
        local function least_loaded(otherwise, group)
          local best, near, running, held = otherwise, math.huge, math.huge, math.huge
          local of = siblings(group)
          for _, silo in ipairs(redis.call('SMEMBERS', p .. 'silos')) do
            if redis.call('HGET', p .. 'silo:' .. silo, 'leaving') ~= '1' then
              local n, r, h = of[silo] or 0, redis.call('SCARD', p .. 'running:' .. silo), redis.call('SCARD', p .. 'leases:' .. silo)
              local same = n == near and r == running
              if n < near or (n == near and r < running) or (same and h < held) or (same and h == held and silo == otherwise) then best, near, running, held = silo, n, r, h end
            end
          end
          return best
        end

        """;
}
