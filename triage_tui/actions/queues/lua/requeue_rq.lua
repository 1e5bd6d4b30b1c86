-- Puts jobs of RQ that gave up back to the end of their queue.
-- KEYS     failed registry, queue, registry of queues
-- ARGV     prefix of the jobs' hashes, how many at most, how many to pass over, the time in ISO 8601
-- Returns how many were put back, and how many were passed over: their hash is gone, or a rate limit holds them.
local failed, queue, registry = KEYS[1], KEYS[2], KEYS[3]
local from = tonumber(ARGV[3])
local ids = redis.call('ZRANGE', failed, from, from + tonumber(ARGV[2]) - 1)
local moved, passed = 0, 0
for _, id in ipairs(ids) do
    local job = ARGV[1] .. id
    local limited = redis.call('HGET', job, 'rate_limit_key')
    if redis.call('EXISTS', job) == 0 or (limited and limited ~= '') then
        passed = passed + 1
    else
        redis.call('ZREM', failed, id)
        redis.call('HSET', job, 'status', 'queued', 'enqueued_at', ARGV[4], 'started_at', '', 'ended_at', '')
        redis.call('HDEL', job, 'exc_info')
        local ttl = redis.call('HGET', job, 'ttl')
        if ttl and tonumber(ttl) then
            redis.call('EXPIRE', job, ttl)
        else
            redis.call('PERSIST', job)
        end
        redis.call('SADD', registry, queue)
        redis.call('RPUSH', queue, id)
        moved = moved + 1
    end
end
return { moved, passed }
