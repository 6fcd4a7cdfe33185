-- SPDX-License-Identifier: EUPL-1.2
-- wrk: the same page asked for from many addresses (X-Forwarded-For), so that the server's rate limit stays on.
local requests, n = {}, 0
function init(args)
   for i = 1, 8192 do
      wrk.headers["X-Forwarded-For"] = string.format("10.%d.%d.%d", math.floor(i / 65536), math.floor(i / 256) % 256, i % 256)
      requests[i] = wrk.format()
   end
end
function request()
   n = n % 8192 + 1
   return requests[n]
end
