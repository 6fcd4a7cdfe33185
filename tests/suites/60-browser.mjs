#!/usr/bin/env node
// SPDX-License-Identifier: EUPL-1.2
// timeout: 900
// The counter as its users have it: the released program with sandbox and CSP, Chromium as phone and desk, with and without JavaScript.
// Every kind of page that is reached is examined (tests/support/page_rules.mjs): axe, html-validate, CSP, foreign requests, 320 px.
// By hand: BROWSER_ONLY=clerk BROWSER_SHOTS=/tmp/shots tests/suites/60-browser.mjs   (parts: find apply clerk errors drafts account look)
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openHouse } from '../support/browser.mjs';
import { apply, inputsOf, recordedCase, search } from '../support/form_filler.mjs';
import { clerkParts } from '../support/browser_clerk.mjs';
import { draftParts } from '../support/browser_drafts.mjs';
import { accountParts } from '../support/browser_account.mjs';

const own = process.env.SCHALTER_TEST_TMP ? null : fs.mkdtempSync(path.join(os.tmpdir(), 'browser-'));
const folder = process.env.SCHALTER_TEST_TMP ?? own;
const only = (process.env.BROWSER_ONLY ?? '').split(' ').filter(Boolean);
const started = Date.now();
let failed = 0;

const house = await openHouse({ folder, port: Number(process.env.SCHALTER_TEST_PORT ?? 8770) });

/** One case: what went wrong on the way or on the pages that were seen makes it fail. */
async function check(part, name, run) {
	if (only.length && !only.includes(part)) return;
	house.faults.length = 0;
	const people = house.people.length;
	let problem;
	try {
		await run();
	} catch (error) {
		problem = error;
		for (const p of house.people.slice(people)) if (!p.page.isClosed()) house.faults.push(`seen last: ${p.page.url()} ${await p.shot(`failed-${part}`)}`);
	}
	for (const p of house.people.slice(people)) await p.leave();
	if (!problem && !house.faults.length) {
		console.log(`ok - ${name}`);
		return;
	}
	failed++;
	console.log(`not ok - ${name} # BROWSER_ONLY=${part} ./test suites/60-browser`);
	if (problem) console.log(`    ${problem.stack.split('\n').slice(0, 4).join('\n    ')}`);
	for (const fault of house.faults.slice(0, 15)) console.log(`    ${fault}`);
	if (house.faults.length > 15) console.log(`    and ${house.faults.length - 15} more`);
}

function expect(condition, what) {
	if (!condition) throw new Error(what);
}

function pdfIsTagged(body) {
	expect(body.subarray(0, 5).toString() === '%PDF-', `no PDF: ${body.subarray(0, 60)}`);
	const file = path.join(folder, 'look.pdf');
	fs.writeFileSync(file, body);
	const said = spawnSync('pdfinfo', [file], { encoding: 'utf8' });
	if (said.error) return;
	expect(/^Tagged:\s+yes/m.test(said.stdout), `the PDF is not tagged: ${said.stdout}${said.stderr}`);
}

const tools = { house, check, expect, pdfIsTagged, folder };

// --- finding

for (const [width, js] of [[375, false], [1280, true]]) {
	await check('find', `a service is found by one's own words and place at ${width} px ${js ? 'with' : 'without'} JavaScript`, async () => {
		const p = await house.person({ width, js });
		await search(p, 'Hund gekauft', 'Dresden');
		const first = p.page.locator('.s-results h2 a').first();
		expect(/Hund/.test(await first.innerText()), `first result: ${await first.innerText()}`);
		await p.press(first);
		expect(p.path === '/dresden/leistung/hundesteuer-anmeldung', p.path);
	});
}

await check('find', 'a postcode of several municipalities leads to one question, and the answer back to the search', async () => {
	const p = await house.person({ width: 375, js: false });
	await search(p, 'Bewohnerparken', '01920');
	const choices = p.page.locator('.s-choices a');
	expect((await choices.count()) > 1, `${await choices.count()} choices at ${p.path}`);
	const name = (await choices.first().locator('strong').innerText()).trim();
	await p.press(choices.first());
	expect(/Bewohnerpark/.test(await p.text('.s-results')), 'the words are kept');
	expect((await p.page.locator('#ort').inputValue()).length > 0 && name.length > 0, 'the place is kept');
});

// --- applying: each service from its first recorded case

const WAYS = { 'hundesteuer-anmeldung': [375, true], 'bewohnerparkausweis': [1280, false], 'geburtsurkunde': [1280, true], 'gewerbe-anmeldung': [375, false], 'sondernutzung-aussengastronomie': [1280, false], 'fuehrerschein-umtausch': [375, true] };

for (const [service, [width, js]] of Object.entries(WAYS)) {
	await check('apply', `${service}: from the first question to the status at ${width} px ${js ? 'with' : 'without'} JavaScript`, async () => {
		const p = await house.person({ width, js });
		const recorded = recordedCase(service);
		await apply(p, service, recorded.place, { ...inputsOf(recorded.answers), bekanntgabe: 'online', email: `${service}@example.org` });
		await p.shot(`sent-${service}`);
		const reference = await p.text('.s-done dl dd');
		expect(/^[A-Z]\d\d-[\w-]+$/.test(reference), `reference: ${reference}`);

		pdfIsTagged((await p.fetch(await p.page.locator('.s-card a.kern-btn--primary').getAttribute('href'))).body);
		const receipt = await p.fetch(await p.page.locator('.s-card a[download]').getAttribute('href'));
		expect(/^[\w-]+\.[\w-]+\.[\w-]+\s*$/.test(receipt.body.toString()), `receipt: ${receipt.body.subarray(0, 80)}`);
		const link = await p.page.locator('#link').count() ? await p.page.locator('#link').inputValue() : null;

		const other = await house.person({ width, js });
		await other.go('/quittung-pruefen');
		await other.page.locator('main textarea').fill(receipt.body.toString());
		await other.press('main form button.kern-btn--primary');
		expect((await other.page.locator('.s-verdict--good').count()) === 1 && (await other.text('.s-verdict')).includes(reference), 'the receipt is not called genuine');
		const forged = receipt.body.toString().replace(/\.(.)/, (_, c) => `.${c === 'A' ? 'B' : 'A'}`);
		await other.page.locator('main textarea').fill(forged);
		await other.press('main form button.kern-btn--primary');
		expect((await other.page.locator('.s-verdict--good').count()) === 0, 'a forged receipt is called genuine');

		if (!link) { // who signed in finds it in the account
			await p.go('/konto');
			expect((await p.text()).includes(reference), 'the account does not list the case');
			return;
		}
		await other.go(link);
		expect((await other.page.locator('main form button').count()) === 1 && !(await other.text()).includes(reference), 'the follow link shows more than a button');
		await other.press('main form button');
		expect(/^\/vorgang\//.test(other.path) && !link.includes(other.path.split('/')[2]), `the address keeps the secret: ${other.path}`);
		expect((await other.text()).includes(reference), 'the status does not name the case');
		await other.shot(`status-${service}`);
		const stranger = await house.person({ js: false });
		await stranger.page.goto(other.page.url());
		expect(!(await stranger.text()).includes(reference), 'the address of the status alone opens the case');
	});
}

await clerkParts(tools);
await draftParts(tools);
await accountParts(tools);

console.log(`${house.seen.size} kinds of pages examined, ${Math.round((Date.now() - started) / 1000)} s`);
if (failed) console.log(`screenshots: ${process.env.BROWSER_SHOTS ?? path.join(folder, 'shots')}`);
await house.close();
if (own && !failed) fs.rmSync(own, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
