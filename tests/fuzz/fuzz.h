/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A fuzz target is fuzz_NAME.c with one function, which gets bytes from outside and checks what must hold for all of them:
 *
 *	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
 *	{
 *		...
 *		FUZZ_CHECK(second == first);	// ends the process: that is what a fuzzer looks for
 *		return 0;
 *	}
 * Its inputs lie in corpus/NAME/; tests/fuzz/meson.build lists it. ./test replays the corpus and repeatable mutations of it
 * in the sanitizer build (replay.c); "tools/fuzz NAME SECONDS" searches on with libFuzzer.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                \
	do {                                                                                 \
		if (!(condition)) {                                                          \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                             \
		}                                                                            \
	} while (0)
