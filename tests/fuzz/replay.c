/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Runs a fuzz target without a fuzzer: "replay NAME CORPUS-DIR [CURRENT-FILE]" gives it each file of the corpus and, of each,
 * a fixed number of mutations that are the same at every run. The input at work always lies in CURRENT-FILE, so that it can be
 * looked at after a crash. "replay NAME FILE" runs one file.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fuzz.h"

enum { INPUT_MAX = 1 << 16, FILES_MAX = 2000, MUTATIONS = 2000 };

static struct input {
	size_t n;
	uint8_t bytes[INPUT_MAX];
} *current, original, other;
static char names[FILES_MAX][256];
static size_t names_n;

static uint64_t state;
static size_t below(size_t n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return n ? (size_t)((state * 2685821657736338717u) >> 33) % n : 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void read_file(const char *path, struct input *in)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	in->n = 0;
	if (fd < 0) {
		perror(path);
		exit(2);
	}
	while (in->n < INPUT_MAX && (got = read(fd, in->bytes + in->n, INPUT_MAX - in->n)) > 0)
		in->n += (size_t)got;
	close(fd);
}

static void list_files(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;

	if (!d) {
		perror(dir);
		exit(2);
	}
	while ((e = readdir(d)) && names_n < FILES_MAX)
		if (e->d_name[0] != '.')
			memcpy(names[names_n++], e->d_name, strlen(e->d_name) + 1);
	closedir(d);
	qsort(names, names_n, sizeof names[0], by_name);
}

/* The input lies in its own exact allocation, so that the sanitizer sees a read behind its end. */
static void run(void)
{
	uint8_t *exact = mmap(NULL, INPUT_MAX + 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint8_t *end;

	if (exact == MAP_FAILED || mprotect(exact + INPUT_MAX + 4096, 4096, PROT_NONE))
		abort();
	end = exact + INPUT_MAX + 4096;
	memcpy(end - current->n, current->bytes, current->n);
	LLVMFuzzerTestOneInput(end - current->n, current->n);
	munmap(exact, INPUT_MAX + 8192);
}

static void flip(void)
{
	if (current->n)
		current->bytes[below(current->n)] ^= (uint8_t)(1u << below(8));
}

static void set_byte(void)
{
	static const uint8_t special[] = { 0, '"', '\\', '\'', '<', '&', '%', '{', '[', ':', '-', '\n', 0x7f, 0x80, 0xc3, 0xed, 0xf4, 0xff, '9' };

	if (current->n)
		current->bytes[below(current->n)] = special[below(sizeof special)];
}

static void cut(void)
{
	current->n = below(current->n + 1);
}

static void repeat(void)
{
	size_t from = below(current->n), n = below(current->n - from + 1), times = 1 + below(200);

	while (times-- && n && current->n + n <= INPUT_MAX) {
		memmove(current->bytes + from + n, current->bytes + from, current->n - from);
		current->n += n;
	}
}

static void join(void)
{
	size_t at = below(current->n + 1), from = below(other.n), n = other.n - from;

	if (at + n > INPUT_MAX)
		n = INPUT_MAX - at;
	memcpy(current->bytes + at, other.bytes + from, n);
	current->n = at + n;
}

static void mutate(void)
{
	static void (*const ways[])(void) = { flip, set_byte, set_byte, cut, repeat, join };

	for (size_t steps = 1 + below(4); steps; steps--)
		ways[below(sizeof ways / sizeof *ways)]();
}

static void map_current(const char *path)
{
	int fd = path ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

	if (path && (fd < 0 || ftruncate(fd, sizeof *current))) {
		perror(path);
		exit(2);
	}
	current = mmap(NULL, sizeof *current, PROT_READ | PROT_WRITE, fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
	if (current == MAP_FAILED)
		abort();
}

int main(int argc, char **argv)
{
	struct stat st;
	char path[4096];

	if (argc < 3 || stat(argv[2], &st)) {
		fprintf(stderr, "usage: replay NAME CORPUS-DIR|FILE [CURRENT-FILE]\n");
		return 2;
	}
	map_current(argc > 3 ? argv[3] : NULL);
	if (S_ISREG(st.st_mode)) {
		read_file(argv[2], current);
		run();
		printf("ok - %s: %s\n", argv[1], argv[2]);
		return 0;
	}
	list_files(argv[2]);
	for (size_t i = 0; i < names_n; i++) {
		snprintf(path, sizeof path, "%.3000s/%.255s", argv[2], names[(i + 1) % names_n]);
		read_file(path, &other);
		snprintf(path, sizeof path, "%.3000s/%.255s", argv[2], names[i]);
		read_file(path, &original);
		state = 0x9e3779b97f4a7c15u + i;
		*current = original;
		run();
		for (int m = 0; m < MUTATIONS; m++) {
			*current = original;
			mutate();
			run();
		}
	}
	if (!names_n) {
		printf("not ok - %s: the corpus is empty\n", argv[1]);
		return 1;
	}
	printf("ok - %s: %zu inputs and %zu mutations of them\n", argv[1], names_n, names_n * MUTATIONS);
	return 0;
}
