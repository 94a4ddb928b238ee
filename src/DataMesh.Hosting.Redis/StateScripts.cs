namespace DataMesh.Hosting.Redis;

/// <summary>What is kept. <c>state:GRAIN</c>: JSON <c>j</c>, version <c>v</c>, fencing token <c>f</c>, keep-alive <c>k</c>. A grain that has state is a field of its group's lease.</summary>
internal static class StateScripts
{
    /// <summary>Stands for the run of Redis when a writer has known several; nothing stands for none.</summary>
    public const string SeveralRuns = "several";

    /// <summary>ARGV: grain. Returns json, version, token, keep-alive; nothing when there is none.</summary>
    public static readonly RedisScript Read = new("return redis.call('HMGET', KEYS[1] .. 'state:' .. ARGV[1], 'j', 'v', 'f', 'k')");

    /// <summary>
    /// Compare-and-set. ARGV: grain, group, silo, json, expected version, token, keep-alive, the run of Redis that the writer has known all the while. When Redis
    /// was restarted under the writer, it may have lost versions and the lease itself, but never knows a higher token or version of somebody else's; it may be
    /// the first to see that. Returns the version, or 0.
    /// </summary>
    public static readonly RedisScript Write = new(
        """
        local p, grain, group, silo = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
        local expected, fence, keep, known = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], ARGV[8]
        local function restarted() return known == 'several' or known ~= '' and string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') ~= known end
        if redis.call('SISMEMBER', p .. 'silos', silo) == 0 then return redis.error_reply('NOSESSION ' .. silo) end
        local lease = redis.call('HMGET', p .. 'lease:' .. group, 's', 'f')
        local held = tonumber(lease[2] or '0')
        if held > fence then return 0 end
        if lease[1] ~= silo or held < fence then
          if not restarted() then return 0 end
          if lease[1] and lease[1] ~= '' then
            redis.call('SREM', p .. 'leases:' .. lease[1], group)
            redis.call('SREM', p .. 'running:' .. lease[1], group)
          end
          redis.call('HSET', p .. 'lease:' .. group, 's', silo, 'f', ARGV[6])
          redis.call('SADD', p .. 'leases:' .. silo, group)
          redis.call('ZREM', p .. 'orphans', group)
        end
        local state = redis.call('HMGET', p .. 'state:' .. grain, 'j', 'v', 'f')
        local version = tonumber(state[2] or '0')
        if tonumber(state[3] or '0') > fence then return 0 end
        if version ~= expected and not (version < expected and restarted()) then
          if version ~= expected + 1 or state[1] ~= ARGV[4] or state[3] ~= ARGV[6] then return 0 end
        end
        if version == 0 then redis.call('HSET', p .. 'lease:' .. group, grain, '') end
        redis.call('HSET', p .. 'state:' .. grain, 'j', ARGV[4], 'v', string.format('%.0f', expected + 1), 'f', ARGV[6], 'k', keep)
        if keep == '1' then
          redis.call('SADD', p .. 'kept:' .. group, grain)
          redis.call('SADD', p .. 'running:' .. silo, group)
        elseif redis.call('SREM', p .. 'kept:' .. group, grain) == 1 and redis.call('SCARD', p .. 'kept:' .. group) == 0 then
          redis.call('SREM', p .. 'running:' .. silo, group)
        end
        return expected + 1
        """);

    /// <summary>
    /// Deletes the state, streams and leases of groups, unless one of their grains must be running. ARGV: groups. Returns 1 when done. Whoever holds one of
    /// them is told, and is refused whatever it writes if it does not hear.
    /// </summary>
    public static readonly RedisScript Forget = new(
        """
        local p = KEYS[1]
        for _, group in ipairs(ARGV) do
          if redis.call('SCARD', p .. 'kept:' .. group) > 0 then return 0 end
        end
        for _, group in ipairs(ARGV) do
          local lease = redis.call('HGETALL', p .. 'lease:' .. group)
          for field = 1, #lease, 2 do
            if lease[field] == 's' then
              redis.call('SREM', p .. 'leases:' .. lease[field + 1], group)
              redis.call('SREM', p .. 'running:' .. lease[field + 1], group)
            elseif lease[field] ~= 'f' then
              redis.call('DEL', p .. 'state:' .. lease[field], p .. 'stream:' .. lease[field])
            end
          end
          if #lease > 0 then
            redis.call('DEL', p .. 'lease:' .. group)
            redis.call('ZREM', p .. 'orphans', group)
            redis.call('PUBLISH', p .. 'forgotten', group)
          end
        end
        return 1
        """);

    /// <summary>ARGV: grain, kind, json, bound. Returns the sequence number.</summary>
    public static readonly RedisScript Append = new(
        """
        local key = KEYS[1] .. 'stream:' .. ARGV[1]
        local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)
        local time = redis.call('TIME')
        local sequence = time[1] * 1000000 + time[2]
        if last[1] then sequence = math.max(sequence, tonumber(string.match(last[1][1], '^%d+')) + 1) end
        local id = string.format('%.0f', sequence)
        redis.call('XADD', key, 'MAXLEN', '~', ARGV[4], id .. '-0', 't', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), 'k', ARGV[2], 'j', ARGV[3])
        return id
        """);

    /// <summary>ARGV: grain, after, bound. Returns per entry: sequence, time in ms, kind, json.</summary>
    public static readonly RedisScript Entries = new(
        """
        local reply = {}
        for _, entry in ipairs(redis.call('XRANGE', KEYS[1] .. 'stream:' .. ARGV[1], ARGV[2] .. '-1', '+', 'COUNT', ARGV[3])) do
          reply[#reply + 1] = string.match(entry[1], '^%d+')
          for field = 2, 6, 2 do reply[#reply + 1] = entry[2][field] end
        end
        return reply
        """);

    /// <summary>ARGV: name, yaml, folder, options, bound. Returns version and time of it in ms.</summary>
    public static readonly RedisScript Submit = new(
        """
        local p, name = KEYS[1], ARGV[1]
        local key = p .. 'pipeline:' .. name
        local last = tonumber(redis.call('HGET', key, 'last') or '0')
        local text = cjson.encode({ARGV[2], ARGV[3], ARGV[4]})
        if last > 0 and redis.call('HGET', key, 'v' .. last) == text then return {last, redis.call('HGET', key, 't' .. last)} end
        local time = redis.call('TIME')
        local ms = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
        last = last + 1
        redis.call('HSET', key, 'last', last, 'v' .. last, text, 't' .. last, ms)
        redis.call('HDEL', key, 'v' .. (last - tonumber(ARGV[5])), 't' .. (last - tonumber(ARGV[5])))
        redis.call('ZADD', p .. 'pipelines', 0, name)
        return {last, ms}
        """);

    /// <summary>ARGV: name, version or 0. Returns version, time in ms, yaml, folder, options; nothing when there is none.</summary>
    public static readonly RedisScript Find = new(
        """
        local key = KEYS[1] .. 'pipeline:' .. ARGV[1]
        local version = ARGV[2] == '0' and redis.call('HGET', key, 'last') or ARGV[2]
        local text = version and redis.call('HGET', key, 'v' .. version)
        if not text then return {} end
        local parts = cjson.decode(text)
        return {version, redis.call('HGET', key, 't' .. version), parts[1], parts[2], parts[3]}
        """);

    /// <summary>ARGV: after, bound.</summary>
    public static readonly RedisScript Names = new(
        "return redis.call('ZRANGEBYLEX', KEYS[1] .. 'pipelines', ARGV[1] == '' and '-' or '(' .. ARGV[1], '+', 'LIMIT', 0, ARGV[2])");

    /// <summary>ARGV: after, bound. Returns per pipeline: name, last version, time of it in ms, folder, options.</summary>
    public static readonly RedisScript Newest = new(
        """
        local p, reply = KEYS[1], {}
        for _, name in ipairs(redis.call('ZRANGEBYLEX', p .. 'pipelines', ARGV[1] == '' and '-' or '(' .. ARGV[1], '+', 'LIMIT', 0, ARGV[2])) do
          local key = p .. 'pipeline:' .. name
          local last = redis.call('HGET', key, 'last')
          local text = redis.call('HMGET', key, 'v' .. last, 't' .. last)
          local parts = cjson.decode(text[1])
          for _, value in ipairs({name, last, text[2], parts[2], parts[3]}) do reply[#reply + 1] = value end
        end
        return reply
        """);

    /// <summary>ARGV: name. Returns 1 when there was one.</summary>
    public static readonly RedisScript Remove = new(
        "redis.call('ZREM', KEYS[1] .. 'pipelines', ARGV[1]) return redis.call('DEL', KEYS[1] .. 'pipeline:' .. ARGV[1])");
}
