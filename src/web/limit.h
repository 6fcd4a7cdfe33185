/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rate limits: token buckets in memory, by client address (IPv6 by /64) and purpose. A fixed table: an attacker with many addresses
 * makes it less exact, never larger. Instances of a cluster count apart.
 */
#pragma once
#include "base/clock.h"
#include "base/str.h"

/* One token of `purpose` for `client`; per_minute tokens a minute, bursts up to as many. False: too many. per_minute 0: no limit. */
bool limit_take(str purpose, str client, int64_t per_minute);
/* "2001:db8:1:2::5" -> "2001:db8:1:2::/64"; IPv4 and IPv4-mapped addresses as they are. */
str limit_client(struct arena *a, str address);
