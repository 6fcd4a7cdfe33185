/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of commands (tools.c) and their functions. */
#pragma once
#include "main/command.h"

extern const struct command tools[];
extern const size_t tools_n;

int tool_serve(struct run *r);
int tool_preview(struct run *r);
int tool_check(struct run *r);
int tool_migrate(struct run *r);
int tool_place_responsible(struct run *r);
int tool_tenant_list(struct run *r);
int tool_tenant_show(struct run *r);
int tool_tenant_set(struct run *r);
int tool_service_export(struct run *r);
int tool_service_diff(struct run *r);
/* Writes the files of a command with FILES_OUT under its option --out. */
int tool_write_files(struct run *r);
int tool_clerk_add(struct run *r);
int tool_clerk_list(struct run *r);
int tool_clerk_link(struct run *r);
int tool_clerk_disable(struct run *r);
int tool_clerk_enable(struct run *r);
int tool_case_show(struct run *r);
int tool_case_destroy(struct run *r);
int tool_keys_destroyed(struct run *r);
int tool_keys_replay(struct run *r);
int tool_service_list(struct run *r);
int tool_service_set(struct run *r);
int tool_receipt_verify(struct run *r);
int tool_import_fim(struct run *r);
int tool_export_fim(struct run *r);
int tool_routes(struct run *r);
int tool_doctor(struct run *r);

/* The authority that --tenant names. False: the message is written. */
bool tool_tenant(struct run *r, const struct authority **ret);
