-- Moves the keys of a queue away, all of them or none.
-- KEYS     the queue's keys, then as many tombstones
-- ARGV[1]  for how many seconds the tombstones stay; then, for each key, the types that it may have
-- Returns how many jobs each key held.
local count = #KEYS / 2
local lengths = {}
local found = false
for i = 1, count do
    local kind = redis.call('TYPE', KEYS[i]).ok
    lengths[i] = 0
    if kind ~= 'none' then
        if not string.find(ARGV[i + 1], kind, 1, true) then
            return redis.error_reply('CHANGED ' .. KEYS[i] .. ' is a ' .. kind .. ' now, and no ' .. ARGV[i + 1])
        end
        if redis.call('EXISTS', KEYS[count + i]) == 1 then
            return redis.error_reply('TAKEN ' .. KEYS[count + i] .. ' is there already')
        end
        lengths[i] = redis.call(kind == 'list' and 'LLEN' or 'ZCARD', KEYS[i])
        found = true
    end
end
if not found then
    return redis.error_reply('EMPTY nothing waits any more')
end
for i = 1, count do
    if lengths[i] > 0 then
        redis.call('RENAME', KEYS[i], KEYS[count + i])
        local set = redis.pcall('EXPIRE', KEYS[count + i], ARGV[1])
        if type(set) == 'table' and set.err then
            -- Who may rename and may not expire: everything goes back.
            for j = 1, i do
                if lengths[j] > 0 then
                    redis.call('RENAME', KEYS[count + j], KEYS[j])
                end
            end
            return redis.error_reply(set.err)
        end
    end
end
return lengths
