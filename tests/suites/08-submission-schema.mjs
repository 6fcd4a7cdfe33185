#!/usr/bin/env node
// SPDX-License-Identifier: EUPL-1.2
// The JSON Schema of each service is valid, accepts the submissions of its recorded cases, and refuses what has been bent.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = process.env.SCHALTER_SOURCE ?? process.cwd();
const require = createRequire((process.env.SCHALTER_NPM ?? join(root, ".cache/npm-test/node_modules")) + "/");
const Ajv = require("ajv/dist/2020").default;
const formats = require("ajv-formats").default ?? require("ajv-formats");
const program =
	process.env.JOURNEY_PRINT ?? join(dirname(process.env.SCHALTER_BIN_ASAN ?? join(root, "build-asan/schalter")), "tests/model/journey_print");

// groups inside groups and fields with several values are in a service for tests only
const services = [...readdirSync(join(root, "services")).filter((name) => existsSync(join(root, "services", name, "service.yaml"))), "../tests/fixtures/services/haushalt"];
const run = spawnSync(program, { input: services.map((s) => `package ${join(root, "services", s)}\n`).join(""), maxBuffer: 1 << 26 });
const lines = run.stdout.toString().trimEnd().split("\n");
let failed = run.status !== 0 || lines.length !== services.length;
if (failed) console.log(`not ok - journey_print ends well # ${run.status} ${run.stderr}`);

const say = (good, name, why) => {
	failed ||= !good;
	console.log(`${good ? "ok" : "not ok"} - ${name}`);
	if (!good) console.log(why);
};

// One thing bent in a submission: each must be refused.
function* bent(submission, schema) {
	yield [{ ...submission, "nicht.vorgesehen": "x" }, "an unknown field"];
	for (const key of schema.required) {
		const { [key]: gone, ...rest } = submission;
		yield [rest, `${key} missing`];
	}
	for (const key of Object.keys(submission)) yield [{ ...submission, [key]: { no: 1 } }, `${key} of another type`];
}

services.forEach((service, i) => {
	const { schema, complete } = JSON.parse(lines[i] ?? "{}");
	if (!schema) return say(false, `${service}: the package loads`, lines[i]);
	const ajv = new Ajv({ strict: true, allErrors: true });
	formats(ajv);
	const accepts = ajv.compile(schema);
	const refused = complete.filter((s) => !accepts(s));
	say(complete.length > 0 && refused.length === 0, `${service}: its schema accepts ${complete.length} recorded submissions`,
		JSON.stringify([refused[0], (refused[0] && accepts(refused[0]), accepts.errors)]));
	const passed = complete.flatMap((s) => [...bent(s, schema)]).filter(([s]) => accepts(s));
	say(passed.length === 0, `${service}: its schema refuses what was bent`, passed.slice(0, 3).map(([, what]) => what).join("; "));
});
process.exit(failed ? 1 : 0);
