-- Sends the requests that a table in a file describes: wrk -s load.lua URL -- FILE
-- Requests are put together beforehand, so that choosing one costs next to nothing.

local MOST = 65536
local requests = {}
local position = 0

local function fill(pattern, count)
  return (pattern:gsub("{n}", tostring(math.random(0, count - 1))))
end

function init(args)
  local load = dofile(args[1])
  local body = load.bodyBytes > 0 and string.rep("x", load.bodyBytes) or nil
  local credentials = load.credentials or {}
  local several = load.paths > 1 or (load.keys or 1) > 1 or #credentials > 1
  math.randomseed(1)
  for i = 1, several and MOST or 1 do
    local headers = {}
    for name, value in pairs(load.headers) do headers[name] = value end
    if load.key then headers[load.keyField] = fill(load.key, load.keys) end
    if #credentials > 0 then headers[load.credentialField] = credentials[math.random(#credentials)] end
    requests[i] = wrk.format(load.method, fill(load.path, load.paths), headers, body)
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

-- One line that a program can read; durations in microseconds.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"durationMicros":%d,"bytes":%d,"p50":%d,"p99":%d,"max":%d,' ..
    '"errors":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99), latency.max,
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
