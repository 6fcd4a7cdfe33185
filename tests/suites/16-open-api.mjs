#!/usr/bin/env node
// SPDX-License-Identifier: EUPL-1.2
// The open interface (/api/v1/openapi.json): every answer of the running program, right and wrong, is what its own description says.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const root = process.env.SCHALTER_SOURCE ?? process.cwd();
const require = createRequire((process.env.SCHALTER_NPM ?? path.join(root, ".cache/npm-test/node_modules")) + "/");
const Ajv = require("ajv/dist/2020").default;
const formats = require("ajv-formats").default ?? require("ajv-formats");
const program = process.env.SCHALTER_BIN_RELEASE ?? path.join(root, "build/schalter");
const port = Number(process.env.SCHALTER_TEST_PORT ?? 8790);
const own = process.env.SCHALTER_TEST_TMP ? null : fs.mkdtempSync(path.join(os.tmpdir(), "open-api-"));
const data = path.join(process.env.SCHALTER_TEST_TMP ?? own, "data");
const base = `http://127.0.0.1:${port}`;
let failed = false;

const say = (good, name, why = "") => {
	failed ||= !good;
	console.log(`${good ? "ok" : "not ok"} - ${name}`);
	if (!good) console.log(`    ${String(why).slice(0, 1500)}`);
};

fs.mkdirSync(data, { recursive: true });
const server = spawn(program, ["serve", "--demo", "--port", String(port), "--data", data], { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
for await (const chunk of server.stdout) if (String(chunk).includes("ready")) break;

async function ask(address, headers = {}) {
	const reply = await fetch(base + address, { headers });
	const text = await reply.text();
	return { status: reply.status, type: (reply.headers.get("content-type") ?? "").split(";")[0], headers: reply.headers, text, json: JSON.parse(text) };
}

try {
	const api = (await ask("/api/v1/openapi.json")).json;
	const ajv = new Ajv({ strict: false, allErrors: true });
	formats(ajv);
	ajv.addSchema({ $id: "api:", ...api });
	// the schema that the description promises for this path and status, as a pointer into the document
	const promised = (template, status, type) => {
		const operation = api.paths[template].get;
		let at = `#/paths/${template.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D")}/get/responses/${status}`;
		let reply = operation.responses[status];
		if (!reply) throw new Error(`${template} does not promise a ${status}`);
		if (reply.$ref) {
			at = reply.$ref;
			reply = api.components.responses[reply.$ref.split("/").pop()];
		}
		if (!reply.content[type]) throw new Error(`${template} ${status}: ${type} is not promised`);
		return ajv.compile({ $ref: `api:${at}/content/${type.replaceAll("/", "~1").replaceAll("+", "%2B")}/schema` });
	};
	const check = async (name, template, address, status, further = () => true, headers = {}) => {
		try {
			const reply = await ask(address, headers);
			const valid = promised(template, String(status), reply.type);
			const why = reply.status !== status ? `status ${reply.status}: ${reply.text}` : !valid(reply.json) ? JSON.stringify(valid.errors) + reply.text : "";
			say(!why && (await further(reply.json, reply)), name, why || reply.text);
		} catch (error) {
			say(false, name, error.stack);
		}
	};

	say(api.openapi === "3.1.0" && Object.keys(api.paths).length === 5, "the description is OpenAPI 3.1 and names five paths");
	await check("words find a service, and the place names its authority", "/api/v1/services", "/api/v1/services?q=Hund%20anmelden&place=Pirna&limit=3", 200,
		(r) => r.results[0].id === "hundesteuer-anmeldung" && r.results[0].authority.name.includes("Pirna") && r.results[0].online === "full" && r.results.length <= 3);
	await check("the address of a result leads to the service's page", "/api/v1/services", "/api/v1/services?q=Geburtsurkunde&place=Pirna", 200, async (r) => {
		const page = await fetch(r.results[0].url.replace(/^https?:\/\/[^/]+/, base));
		return page.status === 200 && (await page.text()).includes("Pirna");
	});
	await check("without a place there is no authority", "/api/v1/services", "/api/v1/services?q=Gewerbe", 200, (r) => r.results.length > 0 && r.results.every((x) => x.authority === null));
	await check("without words all services come, as many as asked for", "/api/v1/services", "/api/v1/services?limit=2", 200, (r) => r.results.length === 2);
	await check("nothing is found: an empty list", "/api/v1/services", "/api/v1/services?q=qqxzqqxz", 200, (r) => r.results.length === 0);
	await check("hostile words are only words", "/api/v1/services", `/api/v1/services?q=${encodeURIComponent('" OR 1=1 <script> NEAR(* ')}`, 200);
	await check("a limit that is none", "/api/v1/services", "/api/v1/services?limit=0", 400);
	await check("a place that nobody knows", "/api/v1/services", "/api/v1/services?q=Hund&place=Qqxz", 404);
	await check("a name of several places is no place", "/api/v1/services", "/api/v1/services?q=Hund&place=Auerbach", 404, (r) => r.detail.includes("places"));
	const all = (await ask("/api/v1/services?limit=100")).json.results;
	for (const s of all)
		await check(`${s.id}: the single answer has all facts`, "/api/v1/services/{id}", `/api/v1/services/${s.id}?ars=146120000000`, 200,
			async (r) => r.authority && r.needed.every((x) => !x.includes("{")) && (await fetch(r.schema.replace(/^https?:\/\/[^/]+/, base))).status === 200);
	await check("English where it is asked for", "/api/v1/services/{id}", `/api/v1/services/${all[0].id}?lang=en`, 200,
		async (r) => r.title !== (await ask(`/api/v1/services/${all[0].id}?lang=de`)).json.title);
	await check("a service that does not exist", "/api/v1/services/{id}", "/api/v1/services/mondfahrt", 404);
	await check("a path that climbs is no service", "/api/v1/services/{id}", "/api/v1/services/..%2f..%2fetc", 404);
	await check("a place as people type it", "/api/v1/places", "/api/v1/places?q=Frankenberg%2FSa.", 200, (r) => r.sure && r.results[0].slug.startsWith("frankenberg"));
	await check("a postcode of several places", "/api/v1/places", "/api/v1/places?q=01665", 200, (r) => r.results.length > 1 && !r.sure);
	await check("a delegated task: the member of an association is told who acts, and why", "/api/v1/responsibility",
		"/api/v1/responsibility?service=gewerbe-anmeldung&ars=Jesewitz", 200, (r) => r.authority.basis === "verband" && r.authority.law.includes("SächsKomZG") && r.authority.reason.includes("Jesewitz"));
	await check("responsibility needs a place", "/api/v1/responsibility", "/api/v1/responsibility?service=gewerbe-anmeldung", 404);
	await check("every web site may read it, for five minutes from its cache, and no cookie is set", "/api/v1/places", "/api/v1/places?q=Pirna", 200,
		(r, reply) => reply.headers.get("access-control-allow-origin") === "*" && reply.headers.get("cache-control") === "public, max-age=300" && !reply.headers.get("set-cookie"), { Origin: "https://www.pirna.example" });
	const broken = await fetch(`${base}/api/v1/places?q=%ff%fe`);
	say(broken.status === 400 && (broken.headers.get("content-type") ?? "").startsWith("application/problem+json"), "broken UTF-8 is a problem in JSON", `${broken.status} ${broken.headers.get("content-type")}`);
} catch (error) {
	say(false, "the suite runs to its end", error.stack);
} finally {
	server.kill("SIGTERM");
	await once(server, "exit");
	if (own) fs.rmSync(own, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
