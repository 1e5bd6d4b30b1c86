-- Pauses a queue of BullMQ.
-- KEYS  meta, wait, paused, marker, events
-- Returns 1, or 0 where it is paused already. Up to version 5, jobs that wait lie in `paused` meanwhile.
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then
    return redis.error_reply('CHANGED there is no such queue any more')
end
if redis.call('HEXISTS', KEYS[1], 'paused') == 1 then
    return 0
end
local version = redis.call('HGET', KEYS[1], 'version') or ''
redis.call('HSET', KEYS[1], 'paused', 1)
local major = tonumber(string.match(version, '^bullmq:(%d+)%.') or '')
if major and major < 6 and redis.call('EXISTS', KEYS[2]) == 1 and redis.call('EXISTS', KEYS[3]) == 0 then
    redis.call('RENAME', KEYS[2], KEYS[3])
end
redis.call('UNLINK', KEYS[4])
redis.call('XADD', KEYS[5], 'MAXLEN', '~', 10000, '*', 'event', 'paused')
return 1
