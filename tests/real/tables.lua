-- tables.lua - builds tables of as many megabytes as it is told, changes them, and walks them.
--
-- Lines that start with "= " are the same wherever Lua runs; sizes in memory are not, so they are not
-- printed.  A record takes 186 bytes where pointers have 32 bits.

local megabytes = tonumber(arg[1]) or 8
local count = megabytes * 1024 * 1024 // 186

local state = 1
local function random()
    state = (state * 1103515245 + 12345) & 0x7fffffff
    return state >> 8
end

local records = {}
for i = 1, count do
    records[i] = { id = i, frame = random() % count + 1, name = "page " .. i }
end
print("= built", #records)

-- Along the chain of frames: jumps all over memory, nearly every hop to another page.
local at, sum = 1, 0
for _ = 1, count // 16 do
    at = records[at].frame
    sum = (sum + at) & 0xffffffff
end
print("= chain", sum)

-- Change every third record; the old strings are garbage now.
for i = 1, count, 3 do
    records[i].name = records[i].name .. " dirty"
end
local length = 0
for i = 1, count do
    length = length + #records[i].name
end
print("= names", length)

-- Every eighth record, from all over memory, in order.
local chosen = {}
for i = 8, count, 8 do
    chosen[#chosen + 1] = records[i]
end
table.sort(chosen, function(a, b)
    if a.frame ~= b.frame then return a.frame < b.frame end
    return a.id < b.id
end)
local inversions = 0
for i = 2, #chosen do
    if chosen[i - 1].frame > chosen[i].frame then inversions = inversions + 1 end
end
print("= sorted", #chosen, inversions, chosen[1].id, chosen[#chosen].id, chosen[#chosen // 2].name)

-- Throw half of it away and fill the holes with something else.
for i = 1, count, 2 do
    records[i] = nil
end
collectgarbage()
local strings = {}
for i = 1, count // 4 do
    strings[i] = ("%08x"):format(random()):rep(3)
end
local hash = 0
for i = 1, #strings do
    hash = (hash * 31 + strings[i]:byte(i % #strings[i] + 1)) & 0xffffffff
end
print("= strings", #strings, hash)
