-- Puts jobs of Sidekiq that gave up back into their queue.
-- KEYS     dead, queue, registry of queues
-- ARGV     name of the queue; then for each job what it is in the dead set, and what it is to be in the queue
-- Returns how many were put back, and how many were no longer dead.
local moved, passed = 0, 0
for i = 2, #ARGV, 2 do
    if redis.call('ZREM', KEYS[1], ARGV[i]) == 1 then
        redis.call('SADD', KEYS[3], ARGV[1])
        redis.call('LPUSH', KEYS[2], ARGV[i + 1])
        moved = moved + 1
    else
        passed = passed + 1
    end
end
return { moved, passed }
