-- Lets a queue of BullMQ go on.
-- KEYS     meta, wait, paused, marker, events, prioritized, delayed
-- ARGV[1]  how many jobs at most, where they have to be moved one by one
-- Returns whether it was paused, and how many jobs still lie in `paused`.
local was = redis.call('HDEL', KEYS[1], 'paused')
if redis.call('EXISTS', KEYS[3]) == 1 then
    if redis.call('EXISTS', KEYS[2]) == 0 then
        redis.call('RENAME', KEYS[3], KEYS[2])
    else
        local jobs = redis.call('LRANGE', KEYS[3], 0, tonumber(ARGV[1]) - 1)
        redis.call('RPUSH', KEYS[2], unpack(jobs))
        redis.call('LTRIM', KEYS[3], #jobs, -1)
    end
end
if redis.call('EXISTS', KEYS[2], KEYS[6]) > 0 then
    redis.call('ZADD', KEYS[4], 0, '0')
else
    local next_ = redis.call('ZRANGE', KEYS[7], 0, 0, 'WITHSCORES')
    if next_[2] then
        redis.call('ZADD', KEYS[4], string.format('%.0f', math.floor(tonumber(next_[2]) / 0x1000)), '1')
    end
end
if was == 1 then
    redis.call('XADD', KEYS[5], 'MAXLEN', '~', 10000, '*', 'event', 'resumed')
end
return { was, redis.call('LLEN', KEYS[3]) }
