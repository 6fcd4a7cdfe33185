/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>

#include "base/arena.h"

struct job {
	void (*fn)(void *arg);
	void *arg;
};

struct pool {
	struct arena *arena; /* holds the pool itself */
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job *queue; /* a ring */
	size_t cap, first, n;
	bool stopping;
	pthread_t *thread;
	unsigned threads;
};

static bool take(struct pool *p, struct job *ret)
{
	pthread_mutex_lock(&p->lock);
	while (p->n == 0 && !p->stopping)
		pthread_cond_wait(&p->work, &p->lock);
	bool some = p->n > 0;
	if (some) {
		*ret = p->queue[p->first];
		p->first = (p->first + 1) % p->cap;
		p->n--;
	}
	pthread_mutex_unlock(&p->lock);
	return some;
}

static void *run(void *arg)
{
	struct job j;
	while (take(arg, &j))
		j.fn(j.arg);
	return NULL;
}

int pool_start(unsigned threads, size_t queue_max, struct pool **ret)
{
	sigset_t all, before;
	if (threads == 0 || queue_max == 0)
		return ERR_INVALID;
	struct arena *a = arena_new(4096);
	struct pool *p = ARENA_NEW(a, struct pool);
	p->arena = a;
	p->cap = queue_max;
	p->queue = ARENA_ARRAY(a, struct job, queue_max);
	p->thread = ARENA_ARRAY(a, pthread_t, threads);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	/* signals are for the main thread; the new ones inherit the mask */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (p->threads < threads && pthread_create(&p->thread[p->threads], NULL, run, p) == 0)
		p->threads++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (p->threads < threads) {
		pool_stop(p);
		return ERR_NOMEM;
	}
	*ret = p;
	return 0;
}

int pool_submit(struct pool *p, void (*fn)(void *arg), void *arg)
{
	int rc = ERR_BUSY;
	pthread_mutex_lock(&p->lock);
	if (p->n < p->cap && !p->stopping) {
		p->queue[(p->first + p->n++) % p->cap] = (struct job){fn, arg};
		pthread_cond_signal(&p->work);
		rc = 0;
	}
	pthread_mutex_unlock(&p->lock);
	return rc;
}

void pool_stop(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->threads; i++)
		pthread_join(p->thread[i], NULL);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	arena_free(p->arena);
}

size_t pool_waiting(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	size_t n = p->n;
	pthread_mutex_unlock(&p->lock);
	return n;
}
