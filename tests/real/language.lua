-- language.lua - a walk through the language and its libraries; every line that starts with "= " is the
-- same wherever Lua runs.

local function show(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    print("= " .. (table.concat(words, " "):gsub("[\r\n]", "|")))
end

-- Numbers: integers wrap, floats print, the two are told apart.
show("numbers", 7 // 2, -7 // 2, 7 % -3, 2 ^ 10, 10 / 2, math.maxinteger + 1 == math.mininteger)
show("floats", 0.1 + 0.2, 1e15, 1e100, 3.0, -0.0, 1 / 3, 123456.789e3, 2 ^ 53, 5e-324)
show("bits", 0xff ~ 0x0f, ~0 >> 60, 1 << 62, 3 & 6, 3 | 8)
show("convert", tonumber("0x1p4"), tonumber("  12  "), tonumber("z", 36), math.tointeger(3.0),
    tostring(tonumber("x")))
show("math", ("%.10f %.10f %.10f"):format(math.sin(1), math.exp(2), math.log(10)), math.floor(-1.5),
    math.ceil(1.2), math.fmod(-5, 3), math.ult(1, -1), math.type(1), math.type(1.0))

-- Strings.
show("format", ("%5d|%-5d|%05.1f|%x|%q|%s|%10.3s|%g|%e"):format(42, 42, 3.14159, 255, "a\nb", true, "abcdef",
    1e20, 12345.678))
show("find", ("hello world"):find("o w"), ("key = value"):match("^(%w+)%s*=%s*(%w+)$"))
show("gsub", ("abc"):gsub("%w", "%0%0"), (("x = $y"):gsub("%$(%w+)", { y = 5 })))
show("gmatch", (function()
    local words = {}
    for word in ("one, two,three"):gmatch("%a+") do words[#words + 1] = word:upper():reverse() end
    return table.concat(words, "-")
end)())
show("bytes", ("\65\066\x43"):byte(1, -1), string.char(72, 105), ("ab"):rep(3, ","), #"a\0b")
show("pack", string.pack("<i4d", 7, 1.5):byte(1, -1))
show("unpack", string.unpack("<i4>I2z", "\1\0\0\0\1\2text\0"))
show("utf8", utf8.char(72, 228, 8364), utf8.len("häß"), #utf8.char(0x10FFFF))

-- Tables, sorting, closures, iterators, varargs.
local list = { 5, 2, 8, 1, 9, 3 }
table.sort(list)
table.insert(list, 3, 100)
show("table", table.concat(list, " "), table.remove(list), table.unpack(list, 1, 2), select("#", nil, nil))
local function counter()
    local n = 0
    return function() n = n + 1; return n end
end
local a, b = counter(), counter()
show("closures", a(), a(), b(), a())
show("move", table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ","))

-- Metatables.
local Vector = {}
Vector.__index = Vector
Vector.__add = function(p, q) return setmetatable({ p[1] + q[1], p[2] + q[2] }, Vector) end
Vector.__eq = function(p, q) return p[1] == q[1] and p[2] == q[2] end
Vector.__tostring = function(p) return ("(%d, %d)"):format(p[1], p[2]) end
Vector.__close = function() show("closed") end
Vector.__call = function(p, k) return p[k] end
local p = setmetatable({ 1, 2 }, Vector) + setmetatable({ 3, 4 }, Vector)
show("metatables", tostring(p), tostring(p == setmetatable({ 4, 6 }, Vector)), p(2))
do local guard <close> = p end

-- Coroutines, errors, goto.
local primes = coroutine.wrap(function()
    for n = 2, 50 do
        for d = 2, n - 1 do
            if n % d == 0 then goto composite end
        end
        coroutine.yield(n)
        ::composite::
    end
end)
local found = {}
for prime in primes do found[#found + 1] = prime end
show("coroutines", table.concat(found, ","))
show("errors", pcall(error, { code = 1 }) and "no" or "caught", select(2, pcall(error, "plain", 0)),
    select(2, pcall(function() local x = nil; return x.y end)):gsub("^.*:%d+: ", ""))
show("traceback", (select(2, xpcall(function() error("deep") end, function(message)
    return message:gsub("^.*:%d+: ", "") .. " handled"
end))))
show("load", load("return 6 * 7")(), select(2, load("return +")) and "syntax error")
local function dive(n)
    if n == 0 then error("bottom", 0) end
    return 1 + dive(n - 1)
end
show("stack", pcall(dive, 20000))

-- Files.
local name = "language.tmp"
local file = assert(io.open(name, "w"))
file:write("first line\n", 12, " ", 3.5, "\nlast line without end")
file:close()
file = assert(io.open(name, "r"))
show("read", file:read("l"), file:read("n"), file:read("n"), file:read("L"), file:read("a"), #file:read("a"))
show("seek", file:seek("set", 6), file:read(4))
file:close()
local lines = {}
for line in io.lines(name) do lines[#lines + 1] = #line end
show("lines", table.concat(lines, ","))
show("files", tostring(os.rename(name, name .. "2")), tostring(os.remove(name .. "2")), (io.open(name)) or "gone")
show("missing", select(3, io.open("no such file")))
local binary = assert(io.open(name, "w+b"))
for i = 0, 255 do binary:write(string.char(i)) end
binary:seek("set", 0)
local total = 0
for i = 1, 256 do total = total + binary:read(1):byte() end
show("binary", total, binary:seek("end"))
binary:close()
os.remove(name)

-- The system.
show("time", os.time({ year = 2000, month = 2, day = 29, hour = 12 }) - os.time({ year = 2000, month = 2, day = 28, hour = 12 }),
    os.date("!%Y-%m-%d %H:%M:%S", 951827696), os.date("!*t", 0).year)
show("getenv", os.getenv("NO_SUCH_VARIABLE") or "nil", os.clock() >= 0 and "runs")

-- Garbage: a weak table loses what nothing else holds.
local weak = setmetatable({}, { __mode = "v" })
for i = 1, 1000 do weak[i] = { i } end
collectgarbage()
local left = 0
for _ in pairs(weak) do left = left + 1 end
show("weak", left)
