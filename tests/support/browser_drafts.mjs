// SPDX-License-Identifier: EUPL-1.2
// What goes wrong while a form is filled in, in a browser: empty pages, Back and Forward, two tabs, another device, another town,
// another language, two presses of the send button.
import { fillPage, inputsOf, recordedCase, walkForm } from './form_filler.mjs';

const NEXT = 'main form[method=post] .s-actions button.kern-btn--primary';
const SERVICE = 'hundesteuer-anmeldung';
const recorded = () => ({ ...inputsOf(recordedCase(SERVICE).answers), bekanntgabe: 'online', email: '' });

async function begin(house, options) {
	const p = await house.person(options);
	await p.go(`/dresden/leistung/${SERVICE}`);
	await p.press('button.s-start');
	return p;
}

/** Types this far: up to the page whose id is given. */
const upTo = (p, id, inputs) => walkForm(p, inputs, new RegExp(`/${id}(/\\d+)?$`));

/** What an error page owes: status, title, focus, links that lead to the input. */
async function errorPage(p, expect) {
	const found = await p.page.evaluate(() => ({
		title: document.title, focus: document.activeElement?.id,
		links: [...document.querySelectorAll('.s-errors a')].map((a) => [a.getAttribute('href'), Boolean(document.getElementById(a.hash.slice(1))?.matches('input,select,textarea,button'))]),
		marked: document.querySelectorAll('[aria-invalid=true], .kern-fieldset--error, .s-upload--error').length,
	}));
	expect(p.status === 422, `${p.path}: status ${p.status}`);
	expect(/^Fehler: /.test(found.title), `${p.path}: title ${found.title}`);
	expect(found.focus === 'fehler', `${p.path}: the focus is on ${found.focus}`);
	expect(found.links.length > 0 && found.marked > 0, `${p.path}: ${found.links.length} links, ${found.marked} marked fields`);
	for (const [href, good] of found.links) expect(good, `${p.path}: ${href} leads to no input`);
}

export async function draftParts({ house, check, expect }) {
	await check('errors', 'every page sent empty says what is missing, in title, focus and links, and goes on when it is filled in', async () => {
		const p = await begin(house, { width: 375, js: false });
		const inputs = recorded();
		let wrong = 0;
		for (let i = 0; i < 40 && !p.path.endsWith('/pruefen'); i++) {
			const here = p.page.url();
			await p.press(NEXT);
			if (p.status === 422) {
				await errorPage(p, expect);
				wrong++;
			} else {
				await p.go(here); // everything on it is optional
			}
			await walkForm(p, inputs, new RegExp(`^(?!${p.path}$)`));
		}
		expect(wrong >= 15, `only ${wrong} pages refused to be empty`);
		await p.press(NEXT); // the check page, too
		await errorPage(p, expect);
	});

	await check('errors', 'wrong input is kept as typed and marked', async () => {
		const p = await begin(house, { js: true });
		await upTo(p, 'geburt', recorded());
		const typed = { 'halter-geburt-day': '31', 'halter-geburt-month': '2', 'halter-geburt-year': '85x' };
		await fillPage(p, typed);
		await p.press(NEXT);
		await errorPage(p, expect);
		await p.shot('error');
		for (const [name, value] of Object.entries(typed)) expect((await p.page.locator(`[name="${name}"]`).inputValue()) === value, `${name} is not kept`);
		await p.page.locator('.s-errors a').first().click();
		expect(await p.page.evaluate(() => document.activeElement.matches('input')), 'the link does not lead to the input');
	});

	await check('errors', 'Back and Forward pass over an error page without asking to send again', async () => {
		for (const js of [true, false]) {
			const p = await begin(house, { js });
			const inputs = recorded();
			await upTo(p, 'name', inputs);
			await p.press(NEXT);
			expect(p.status === 422, 'the empty page is refused');
			await fillPage(p, inputs);
			await p.press(NEXT);
			const after = p.path;
			for (let i = 0; i < 2; i++) {
				await p.page.goBack();
				expect((await p.page.locator('h1').count()) === 1 && (await p.page.locator('[name="halter-vorname"]').count()) === 1, `Back shows ${p.page.url()}: ${(await p.page.content()).slice(0, 200)}`);
			}
			for (let i = 0; i < 2; i++) await p.page.goForward();
			expect(p.path === after && (await p.page.locator('h1').count()) === 1, `Forward ends at ${p.path}`);
			await p.leave();
			house.people.pop();
		}
	});

	await check('drafts', 'two tabs on one page: who comes second sees both versions and chooses', async () => {
		const p = await begin(house, { width: 375, js: false });
		await upTo(p, 'name', recorded());
		const first = p.page;
		const second = await p.tab();
		await p.go(first.url());
		p.page = first;
		await fillPage(p, { 'halter-vorname': 'Anna', 'halter-nachname': 'Erste' });
		await p.press(NEXT);
		p.page = second;
		await fillPage(p, { 'halter-vorname': 'Anna', 'halter-nachname': 'Zweite' });
		await p.press(NEXT);
		const text = await p.text();
		expect(p.status === 409 && text.includes('Erste') && text.includes('Zweite'), `status ${p.status}: ${text.slice(0, 200)}`);
		await p.shot('conflict');
		await p.press('button[value=meine]');
		expect(p.path.endsWith('/geburt'), `goes on at ${p.path}`);
		await p.go(p.path.replace('/geburt', '/name'));
		expect((await p.page.locator('[name="halter-nachname"]').inputValue()) === 'Zweite', 'the choice is not kept');
	});

	await check('drafts', 'a draft goes on at another device by its code', async () => {
		const p = await begin(house, { width: 375, js: false });
		await upTo(p, 'anschrift', recorded());
		await fillPage(p, { 'anschrift-strasse': 'Lindenweg' });
		await p.press('button[value=speichern]');
		const code = (await p.text('#code')).trim();
		await p.shot('saved');
		const q = await house.person({ width: 1280, js: true });
		await q.go('/fortsetzen');
		await q.page.locator('main input[type=text]').fill(code.toLowerCase().replace(/-/g, ' '));
		await q.press('main form button.kern-btn--primary');
		expect(/^\/antrag\//.test(q.path), `resumed at ${q.path}`);
		await q.go(`${q.path.split('/').slice(0, 3).join('/')}/anschrift`);
		expect((await q.page.locator('[name="anschrift-strasse"]').inputValue()) === 'Lindenweg', 'what was typed on the page that was left is lost');
		await q.go('/fortsetzen');
		await q.page.locator('main input[type=text]').fill('AAAA-BBBB-CCCC-DDDD');
		await q.press('main form button.kern-btn--primary');
		expect(q.status === 422 || q.status === 404, `a wrong code: ${q.status}`);
	});

	await check('drafts', 'the wrong town is noticed and changed, and nothing is lost', async () => {
		const p = await begin(house, { js: false });
		const inputs = recorded();
		await upTo(p, 'kontakt', { ...inputs, 'anschrift-plz': '04109', 'anschrift-ort': 'Leipzig' });
		await p.shot('elsewhere');
		const go = p.page.locator('main a[href*="/ort?"]').first();
		expect((await go.count()) === 1, `no offer to change the town at ${p.path}`);
		await p.press(go);
		await p.shot('other-town');
		await p.press('.s-choices button');
		expect((await p.text('.s-brand')).includes('Leipzig'), `still ${await p.text('.s-brand')}`);
		await p.go(`${p.path.split('/').slice(0, 3).join('/')}/name`);
		expect((await p.page.locator('[name="halter-vorname"]').inputValue()) === inputs['halter-vorname'], 'the answers are lost');
	});

	await check('drafts', 'the language changes in the middle of a form and on a service page, and the place stays', async () => {
		const p = await begin(house, { js: false });
		await upTo(p, 'name', recorded());
		const here = p.path;
		await p.press('a[hreflang=en]');
		expect(p.path === here && (await p.page.locator('html').getAttribute('lang')) === 'en', `${p.path}`);
		await p.press(NEXT);
		expect(/^Error: /.test(await p.page.title()), await p.page.title());
		await p.go(here); // an error page offers no change: what was typed would be lost
		await p.press('a[hreflang=de]');
		expect(p.path === here && (await p.page.locator('html').getAttribute('lang')) === 'de', `back at ${p.path}`);
		await p.go('/dresden/leistung/geburtsurkunde');
		await p.press('a[hreflang=en]');
		expect(p.path === '/dresden/leistung/geburtsurkunde', p.path);
	});

	await check('drafts', 'two presses of the send button make one case', async () => {
		const p = await begin(house, { js: true });
		const inputs = recorded();
		await walkForm(p, inputs);
		await fillPage(p, inputs);
		const arrived = p.page.waitForURL(/gesendet/);
		await p.page.locator(NEXT).dblclick();
		await arrived;
		const reference = await p.text('.s-done dl dd');
		expect((await p.page.locator('.s-notice').count()) === 0, 'a slip of the finger is called a second sending');
		await p.leave();
		house.people.pop();

		const q = await begin(house, { js: false });
		await walkForm(q, inputs);
		const first = q.page;
		const second = await q.tab();
		await q.go(first.url());
		const references = [];
		for (const page of [first, second]) {
			q.page = page;
			await fillPage(q, inputs);
			await q.press(NEXT);
			references.push(await q.text('.s-done dl dd'));
		}
		expect(references[0] === references[1] && references[0] !== reference, `references ${references}`);
		expect((await q.page.locator('.s-notice').count()) === 1, 'nothing says that it had been sent before');
		await q.shot('sent-twice');
	});
}
