-- Puts jobs of BullMQ that failed back to wait, as a retry does.
-- KEYS     failed, wait, prioritized, meta, marker, pc (the counter of priorities), events
-- ARGV     prefix of the jobs' hashes, how many at most, how many to pass over
-- Returns how many were put back, and how many were passed over: their hash is gone, or they are part of a flow, whose
-- parent may have ended.
if redis.call('HEXISTS', KEYS[4], 'paused') == 1 then
    return redis.error_reply('PAUSED the queue is paused; let it go on first')
end
local from = tonumber(ARGV[3])
local ids = redis.call('ZRANGE', KEYS[1], from, from + tonumber(ARGV[2]) - 1)
local moved, passed = 0, 0
local longest = redis.call('HGET', KEYS[4], 'opts.maxLenEvents') or 10000
for _, id in ipairs(ids) do
    local job = ARGV[1] .. id
    if redis.call('EXISTS', job) == 0 or redis.call('HEXISTS', job, 'parentKey') == 1 then
        passed = passed + 1
    else
        redis.call('ZREM', KEYS[1], id)
        redis.call('HDEL', job, 'finishedOn', 'processedOn', 'failedReason')
        local priority = tonumber(redis.call('HGET', job, 'priority') or 0) or 0
        if priority > 0 then
            local number = redis.call('INCR', KEYS[6])
            redis.call('ZADD', KEYS[3], string.format('%.0f', priority * 0x100000000 + number % 0x100000000), id)
        else
            redis.call('LPUSH', KEYS[2], id)
        end
        redis.call('XADD', KEYS[7], 'MAXLEN', '~', longest, '*', 'event', 'waiting', 'jobId', id, 'prev', 'failed')
        moved = moved + 1
    end
end
if moved > 0 then
    redis.call('ZADD', KEYS[5], 0, '0')
end
return { moved, passed }
