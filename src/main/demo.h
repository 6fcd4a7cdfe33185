/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The demonstration: clerks of a few authorities, when there is none yet. No default passwords: each gets a one-time link, printed once.
 */
#pragma once
#include "main/command.h"

/* Messages and links go to r->err. A negative return: the message is there. */
MUST_USE int demo_make(struct house *h, struct run *r);
