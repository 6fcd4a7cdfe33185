// SPDX-License-Identifier: EUPL-1.2
// An account with mail, password and passkey (Chromium's virtual authenticator), the keyboard alone, and dark mode.
import { fillPage, inputsOf, recordedCase, walkForm } from './form_filler.mjs';

const PASSWORD = 'vier Wörter am Stück 2026';

/** The link to this host in a mail. */
const linkIn = (mail) => /http\S+\/konto\/\S+/.exec(mail.text)[0];

async function register(house, p, address) {
	await p.go('/konto/neu');
	await p.page.locator('#email').fill(address);
	const now = p.page.locator('main input[type=password]');
	if (await now.count()) await now.first().fill(PASSWORD);
	await p.press('main form button.kern-btn--primary');
	await p.go(linkIn(await house.mail(address, /\/konto\/bestaetigen\//)));
	await p.press('main form button.kern-btn--primary');
	const later = p.page.locator('main input[type=password]');
	if (await later.count()) {
		await later.first().fill(PASSWORD);
		await p.press('main form:not([data-passkey]) button.kern-btn--primary');
	}
}

const signOut = (p) => p.press('.s-who button');

export async function accountParts({ house, check, expect }) {
	await check('account', 'an account: mail, password, sign out and in, without JavaScript', async () => {
		const p = await house.person({ width: 375, js: false });
		await register(house, p, 'konto@example.org');
		await p.go('/konto');
		expect(p.path === '/konto' && p.status === 200, `${p.path}: ${p.status}`);
		await p.shot('account');
		await p.go('/konto/einstellungen');
		await p.shot('settings');
		await signOut(p);
		await p.go('/konto/anmelden');
		await p.page.locator('main input[type=email]').fill('konto@example.org');
		await p.page.locator('main input[type=password]').fill('falsch');
		await p.press('main form:not([data-passkey]) button.kern-btn--primary');
		expect(p.status === 422 || p.status === 401 || p.status === 403, `a wrong password: ${p.status}`);
		await p.page.locator('main input[type=password]').fill(PASSWORD);
		await p.press('main form:not([data-passkey]) button.kern-btn--primary');
		await p.go('/konto');
		expect(p.path === '/konto', `not signed in: ${p.path}`);
		for (const page of ['/konto/passwort', '/konto/loeschen']) await p.go(page);
		await signOut(p);
		await p.go('/konto/passwort-vergessen');
		await p.page.locator('#email').fill('konto@example.org');
		await p.press('main form button.kern-btn--primary');
		await p.go(linkIn(await house.mail('konto@example.org', /\/konto\/passwort-neu\//)));
		await p.press('main form button.kern-btn--primary');
		expect((await p.page.locator('main input[type=password]').count()) > 0, 'no new password can be set');
	});

	await check('account', 'a passkey is added and signs in, in the browser’s own ceremony', async () => {
		const p = await house.person({ js: true });
		const cdp = await p.context.newCDPSession(p.page);
		await cdp.send('WebAuthn.enable');
		await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
		await register(house, p, 'schluessel@example.org');
		await p.go('/konto/einstellungen');
		await p.press('form[data-passkey] button');
		expect((await p.page.locator('.s-rows li').count()) === 1, `no passkey is listed at ${p.path}`);
		await p.shot('passkey');
		await signOut(p);
		await p.go('/konto');
		expect(p.path !== '/konto' || (await p.page.locator('form[data-passkey]').count()) > 0, 'still signed in');
		await p.go('/konto/anmelden');
		await p.press('form[data-passkey] button');
		await p.go('/konto');
		expect(p.path === '/konto' && (await p.page.locator('.s-who').count()) === 1, `not signed in by passkey: ${p.path}`);
	});

	await check('account', 'an application of somebody who is signed in stands among "Meine Anträge"', async () => {
		const p = await house.person({ js: false });
		await register(house, p, 'antraege@example.org');
		const inputs = { ...inputsOf(recordedCase('hundesteuer-anmeldung').answers), bekanntgabe: 'online', email: 'antraege@example.org' };
		await p.go('/dresden/leistung/hundesteuer-anmeldung');
		await p.press('button.s-start');
		await walkForm(p, inputs, /\/anschrift$/);
		await p.go('/konto');
		expect((await p.page.locator('.s-draft').count()) === 1, 'the draft is not listed');
		await p.shot('account-draft');
		await p.press('.s-draft a');
		await walkForm(p, inputs);
		await fillPage(p, inputs);
		await p.press('main form[method=post] .s-actions button.kern-btn--primary');
		const reference = await p.text('.s-done dl dd');
		await p.go('/konto');
		expect((await p.text('.s-cases')).includes(reference), 'the case is not listed');
		await p.press('.s-cases a');
		expect((await p.text()).includes(reference), 'the case does not open');
	});

	await check('look', 'the keyboard alone: skip link, sane order, every stop visible, a question answered', async () => {
		for (const where of ['/', '/dresden/leistung/hundesteuer-anmeldung']) {
			const p = await house.person({ js: false });
			await p.go(where);
			const stops = [];
			for (let i = 0; i < 60; i++) {
				await p.page.keyboard.press('Tab');
				const at = await p.page.evaluate(() => {
					const e = document.activeElement;
					if (!e || e === document.body) return null;
					const box = e.getBoundingClientRect();
					const style = getComputedStyle(e);
					const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none';
					return { name: `${e.tagName} ${(e.innerText || e.name || e.id).slice(0, 30)}`, top: box.top + scrollY, height: box.height, ring, shown: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight };
				});
				if (!at) break;
				stops.push(at);
			}
			expect(stops.length > 8 && /inhalt/i.test(stops[0].name), `${where}: ${stops.length} stops, first ${stops[0]?.name}`);
			for (const s of stops) expect(s.ring && s.shown, `${where}: ${s.name}: ${s.ring ? 'not in sight' : 'no visible focus'}`);
			const body = stops.slice(stops.findIndex((s) => s.top > 150));
			const back = body.filter((s, i) => i && s.top + s.height < body[i - 1].top - 400);
			expect(back.length <= 1, `${where}: the focus jumps back at ${back.map((s) => s.name)}`);
			await p.leave();
			house.people.pop();
		}
		const p = await house.person({ js: false });
		await p.go('/dresden/leistung/hundesteuer-anmeldung');
		await p.page.locator('button.s-start').focus();
		await Promise.all([p.page.waitForEvent('load'), p.page.keyboard.press('Enter')]);
		await p.page.locator('input[type=radio]').first().focus();
		await p.page.keyboard.press('Space');
		await Promise.all([p.page.waitForEvent('load'), p.page.keyboard.press('Enter')]);
		expect(p.path.endsWith('/name'), `Enter leads to ${p.path}`);
		await p.page.keyboard.press('Tab');
		await p.page.keyboard.press('Enter'); // the skip link
		expect(await p.page.evaluate(() => document.activeElement.id === 'inhalt'), 'the skip link does not reach the content');
	});

	await check('look', 'dark mode: the same pages keep their contrast', async () => {
		const p = await house.person({ dark: true, width: 375, js: true });
		for (const where of ['/', '/suche?q=Hund', '/dresden/leistung/hundesteuer-anmeldung', '/hilfe', '/dresden', '/konto/anmelden', '/quittung-pruefen']) {
			await p.page.goto(p.base + where, { waitUntil: 'load' });
			await p.look(true);
			await p.shot('dark');
		}
		await p.page.goto(`${p.base}/dresden/leistung/hundesteuer-anmeldung`);
		await p.press('button.s-start');
		await p.press('main form[method=post] .s-actions button.kern-btn--primary');
		await p.look(true);
		await p.shot('dark-error');
	});

	await check('look', 'legal pages, help, checks and pages that are not there', async () => {
		const p = await house.person({ js: false });
		for (const where of ['/impressum', '/datenschutz', '/barrierefreiheit', '/dresden/impressum', '/dresden/datenschutz', '/dresden/datenschutz/hundesteuer-anmeldung', '/dresden/barrierefreiheit', '/dresden/barriere-melden',
			'/quelltext', '/hilfe', '/bescheid-pruefen', '/fortsetzen', '/leistung/geburtsurkunde', '/ort', '/ort?ort=Nirgendwo', '/suche?q=xyzzy', '/nicht-da', '/vorgang/AAAAAAAAAAAAAAAAAAAAAAAA', '/konto']) {
			await p.go(where);
			expect(p.status < 500, `${where}: ${p.status}`);
		}
	});
}
