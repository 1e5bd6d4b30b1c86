-- Puts jobs back that were moved away, in front of those that have come since.
-- KEYS     the queue's key, the tombstone; for BullMQ also `meta` and `marker`
-- ARGV[1]  how many jobs at most, where they have to be moved one by one; ARGV[2] where workers take: start, end, score
-- Returns how many were put back, and how many are left.
local source, tomb, most = KEYS[1], KEYS[2], tonumber(ARGV[1])
local kind = redis.call('TYPE', tomb).ok
if kind == 'none' then
    return { 0, 0 }
end
local there = redis.call('TYPE', source).ok
if there ~= 'none' and there ~= kind then
    return redis.error_reply('CHANGED ' .. source .. ' is a ' .. there .. ' now, and no ' .. kind)
end
local size = kind == 'list' and 'LLEN' or 'ZCARD'
-- From here on it does not expire: a queue that took its end over would vanish.
redis.call('PERSIST', tomb)
local moved
if there == 'none' then
    moved = redis.call(size, tomb)
    redis.call('RENAME', tomb, source)
elseif kind == 'zset' then
    local pairs_ = redis.call('ZRANGE', tomb, 0, most - 1, 'WITHSCORES')
    for i = 1, #pairs_, 2 do
        redis.call('ZADD', source, 'NX', pairs_[i + 1], pairs_[i])
        redis.call('ZREM', tomb, pairs_[i])
    end
    moved = #pairs_ / 2
elseif ARGV[2] == 'end' then
    local jobs = redis.call('LRANGE', tomb, 0, most - 1)
    redis.call('RPUSH', source, unpack(jobs))
    redis.call('LTRIM', tomb, #jobs, -1)
    moved = #jobs
else
    local jobs = redis.call('LRANGE', tomb, -most, -1)
    for i = #jobs, 1, -1 do
        redis.call('LPUSH', source, jobs[i])
    end
    redis.call('LTRIM', tomb, 0, -(#jobs + 1))
    moved = #jobs
end
if KEYS[4] and redis.call('HEXISTS', KEYS[3], 'paused') == 0 then
    redis.call('ZADD', KEYS[4], 0, '0')
end
return { moved, redis.call('EXISTS', tomb) == 1 and redis.call(size, tomb) or 0 }
