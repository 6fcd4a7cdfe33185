/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/limit.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>

#define SLOTS 16384u /* power of two */
#define WAYS 4u

struct bucket {
	uint64_t key;
	int64_t at_us;
	int64_t micro_tokens;
};

static struct {
	pthread_mutex_t lock;
	struct bucket slot[SLOTS / 16];
} shard[16] = { [0 ... 15] = { .lock = PTHREAD_MUTEX_INITIALIZER } };

bool limit_take(str purpose, str client, int64_t per_minute)
{
	uint64_t key = str_hash(client) ^ (str_hash(purpose) * 0x9e3779b97f4a7c15u) ^ 1;
	size_t s = key >> 60, first = (key >> 8) % (SLOTS / 16);
	struct bucket *b = NULL, *oldest = NULL;
	int64_t now = clock_monotonic_us();
	bool granted = false;

	if (per_minute <= 0)
		return true;
	pthread_mutex_lock(&shard[s].lock);
	for (size_t i = 0; i < WAYS && !b; i++) {
		struct bucket *o = &shard[s].slot[(first + i) % (SLOTS / 16)];

		if (o->key == key)
			b = o;
		else if (!oldest || o->at_us < oldest->at_us)
			oldest = o;
	}
	if (!b) {
		b = oldest;
		*b = (struct bucket){ .key = key, .at_us = now, .micro_tokens = per_minute * 1000000 };
	}
	/* per_minute tokens / 60 s = per_minute/60 micro-tokens a microsecond */
	b->micro_tokens += (now - b->at_us) * per_minute / 60;
	if (b->micro_tokens > per_minute * 1000000)
		b->micro_tokens = per_minute * 1000000;
	b->at_us = now;
	if (b->micro_tokens >= 1000000) {
		b->micro_tokens -= 1000000;
		granted = true;
	}
	pthread_mutex_unlock(&shard[s].lock);
	return granted;
}

str limit_client(struct arena *a, str address)
{
	struct in6_addr six;
	char text[INET6_ADDRSTRLEN];

	if (address.n >= sizeof text || str_index(address, ':') < 0)
		return address;
	memcpy(text, address.p, address.n);
	text[address.n] = '\0';
	if (inet_pton(AF_INET6, text, &six) != 1 || IN6_IS_ADDR_V4MAPPED(&six))
		return address;
	memset(six.s6_addr + 8, 0, 8);
	inet_ntop(AF_INET6, &six, text, sizeof text);
	return str_fmt(a, "%s/64", text);
}
