#!/usr/bin/env node
// SPDX-License-Identifier: EUPL-1.2
// timeout: 300
// Groups inside groups and fields with several values, in a browser: with and without JavaScript, on a phone and on a desk
// (tests/fixtures/services/haushalt). Every page is examined as in 60-browser. By hand: BROWSER_SHOTS=/tmp/shots tests/suites/61-groups.mjs
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openHouse, root } from '../support/browser.mjs';
import { fillPage } from '../support/form_filler.mjs';

const own = process.env.SCHALTER_TEST_TMP ? null : fs.mkdtempSync(path.join(os.tmpdir(), 'groups-'));
const folder = process.env.SCHALTER_TEST_TMP ?? own;
const services = path.join(folder, 'services');
const NEXT = 'main form[method=post] .s-actions button.kern-btn--primary';
let failed = 0;

fs.cpSync(path.join(root, 'services'), services, { recursive: true });
fs.cpSync(path.join(root, 'tests/fixtures/services/haushalt'), path.join(services, 'haushalt'), { recursive: true });
const house = await openHouse({ folder, port: Number(process.env.SCHALTER_TEST_PORT ?? 21220), services });

function expect(condition, what) {
	if (!condition) throw new Error(what);
}

const here = (p) => p.path.replace(/^\/antrag\/[^/]+\//, '');

/** Fills in what is given and goes on; the page that must come then. */
async function step(p, inputs, next) {
	await fillPage(p, inputs);
	await p.press(NEXT);
	expect(here(p) === next, `${here(p)} comes instead of ${next}: ${await p.page.locator('.s-errors li').allInnerTexts()}`);
}

const another = (p, yes, next) => step(p, { 'noch-einer': yes ? 'ja' : 'nein' }, next);
const typed = (p, name) => p.page.locator(`main [name="${name}"]`).inputValue();

async function contact(p) {
	await p.go('/dresden/leistung/haushalt');
	await p.press('button.s-start');
	await fillPage(p, { 'antrag-name': 'Anna Beispiel', 'antrag-telefon': '0351 488100', 'antrag-wege': 'brief' });
	await p.press('main button[name=mehr][value=antrag-telefon]');
	expect(here(p).startsWith('kontakt') && p.status === 200, `adding a value leads to ${here(p)} (${p.status})`);
	expect((await typed(p, 'antrag-name')) === 'Anna Beispiel' && (await typed(p, 'antrag-telefon')) === '0351 488100', 'adding a value loses what was typed');
	await p.page.locator('main [name="antrag-telefon--2"]').fill('keine Nummer');
	await p.press('main button[name=mehr][value=antrag-wege]');
	await p.page.locator('main [name="antrag-wege--2"]').selectOption('mail');
	await p.press(NEXT);
	expect(p.status === 422, `a wrong value is taken: ${p.status}`);
	const errors = await p.page.locator('.s-errors a').evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.textContent]));
	expect(errors.length === 2 && errors[0][0] === '#antrag-telefon--2' && errors[0][1].includes('2. Angabe'), `errors: ${JSON.stringify(errors)}`);
	expect(errors[1][0] === '#antrag-mail', `the address that is required now: ${JSON.stringify(errors[1])}`);
	await p.shot(`kontakt-errors-${p.width}`);
	await p.press('main button[name=weg][value="antrag-telefon--2"]');
	expect((await p.page.locator('main [name="antrag-telefon--2"]').count()) === 0, 'the value is still there');
	await step(p, { 'antrag-mail': 'anna@example.org' }, 'tage');
	await fillPage(p, { 'antrag-tage-day': '1', 'antrag-tage-month': 'März', 'antrag-tage-year': '2026' });
	await p.press('main button[name=mehr]');
	await fillPage(p, { 'antrag-tage--2-day': '2', 'antrag-tage--2-month': '4', 'antrag-tage--2-year': '2026' });
	await p.shot(`tage-${p.width}`);
	// Enter goes on, it does not press the first button that adds or takes away
	await p.page.locator('main [name="antrag-tage-year"]').focus();
	await Promise.all([p.page.waitForNavigation(), p.page.keyboard.press('Enter')]);
	expect(new URL(p.page.url()).pathname.endsWith('/wer/1'), `Enter leads to ${p.page.url()}`);
	await p.go(p.page.url());
}

async function families(p) {
	await step(p, { 'mitglied-name': 'Otto', 'mitglied-eltern': 'true' }, 'kind/1.1');
	expect((await p.text('.s-over')) === 'Person 1, Kind 1' && (await p.text('main h1')) === 'Wie heißt das Kind von Otto?', await p.text('main'));
	await p.shot(`kind-${p.width}`);
	await step(p, { 'mitglied-kind-name': 'Ida', 'mitglied-kind-alter': '4' }, 'mitglied-kind-list/1');
	await another(p, true, 'kind/1.2');
	await step(p, { 'mitglied-kind-name-2': 'Ben', 'mitglied-kind-alter-2': '9' }, 'schule/1.2.1');
	await step(p, { 'mitglied-kind-schule-ort-4': 'Grundschule' }, 'mitglied-kind-schule-list/1.2');
	await another(p, false, 'mitglied-kind-list/1');
	await p.shot(`liste-${p.width}`);
	await another(p, false, 'mitglied-list');
	await another(p, true, 'wer/2');
	await step(p, { 'mitglied-name-2': 'Eva', 'mitglied-eltern-2': 'true' }, 'kind/2.1');
	await step(p, { 'mitglied-kind-name-9': 'Max', 'mitglied-kind-alter-9': '1' }, 'mitglied-kind-list/2');
	await another(p, false, 'mitglied-list');
	await another(p, false, 'summe');
	expect((await p.text('.s-calc')).includes('3'), `children: ${await p.text('.s-calc')}`);
	await step(p, {}, 'pruefen');
}

async function changes(p) {
	const all = await p.text('main');
	for (const words of ['Person 1, Kind 2, Schule 1', 'Grundschule', 'Person 2, Kind 1', 'Max', '01.03.2026, 02.04.2026', 'Mit einem Brief, Mit einer E-Mail'])
		expect(all.includes(words), `the check page lacks "${words}"`);
	await p.shot(`pruefen-${p.width}`);
	const base = p.path.replace(/pruefen$/, '');
	// who has no children after all loses none of what was typed about them
	await p.go(`${base}wer/1?von=pruefen`);
	await step(p, { 'mitglied-eltern': 'false' }, 'pruefen');
	expect(!(await p.text('main')).includes('Grundschule'), 'what cannot be reached is shown');
	await p.go(`${base}wer/1?von=pruefen`);
	await step(p, { 'mitglied-eltern': 'true' }, 'pruefen');
	expect((await p.text('main')).includes('Grundschule'), 'changing back does not restore');
	await p.go(`${base}entfernen/mitglied.kind/1.1`);
	await p.press('main form button');
	expect(here(p) === 'mitglied-kind-list/1' && !(await p.text('main')).includes('Ida') && (await p.text('main')).includes('Ben'), `removing a row: ${here(p)}`);
	for (const wrong of ['kind/1', 'kind/1.9', 'kind/7.1', 'wer/1.1', 'entfernen/mitglied.kind/1']) {
		const r = await p.fetch(`${base}${wrong}`);
		expect(r.status === 404 || new URL(r.url ?? p.page.url(), 'http://x').pathname !== `${base}${wrong}`, `${wrong}: ${r.status}`);
	}
}

for (const { width, js } of [{ width: 375, js: false }, { width: 1280, js: true }]) {
	const name = `groups inside groups and several values, ${width} px ${js ? 'with' : 'without'} JavaScript`;
	house.faults.length = 0;
	try {
		const p = await house.person({ width, js });
		await contact(p);
		await families(p);
		await changes(p);
		await p.leave();
		if (house.faults.length) throw new Error(house.faults.slice(0, 10).join('\n    '));
		console.log(`ok - ${name}`);
	} catch (error) {
		failed++;
		console.log(`not ok - ${name}\n    ${error.stack.split('\n').slice(0, 12).join('\n    ')}`);
		for (const p of house.people) if (!p.page.isClosed()) await p.shot(`failed-${width}`);
	}
}
await house.close();
if (own) fs.rmSync(own, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
