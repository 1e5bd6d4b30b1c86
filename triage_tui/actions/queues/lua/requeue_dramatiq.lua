-- Puts messages of Dramatiq that gave up back to the end of their queue.
-- KEYS     dead, bodies of the dead, queue, bodies of the queue
-- ARGV     how many at most, how many to pass over
-- Returns how many were put back, and how many were passed over, their body being gone.
local from = tonumber(ARGV[2])
local ids = redis.call('ZRANGE', KEYS[1], from, from + tonumber(ARGV[1]) - 1)
local moved, passed = 0, 0
for _, id in ipairs(ids) do
    local body = redis.call('HGET', KEYS[2], id)
    if not body then
        passed = passed + 1
    else
        redis.call('ZREM', KEYS[1], id)
        redis.call('HDEL', KEYS[2], id)
        redis.call('HSET', KEYS[4], id, body)
        redis.call('RPUSH', KEYS[3], id)
        moved = moved + 1
    end
end
return { moved, passed }
