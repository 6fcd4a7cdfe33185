// SPDX-License-Identifier: EUPL-1.2
// The clerk's work in a browser without JavaScript: from the set-up link to the closed case, and the keyboard alone.
import { apply, fillPage, inputsOf, pdf, recordedCase } from './form_filler.mjs';

const PASSWORD = 'ein langer Satz über 4711 Dinge';

/** A clerk who has just set up the access with the link of the command line, and stands in the inbox. */
export async function clerkWithAccess(house, tenant, login, options = {}) {
	const link = /http\S+\/einrichten\/\S+/.exec(house.tool('clerk', 'link', login, '--tenant', tenant))[0];
	const p = await house.person({ width: 1280, js: false, office: true, ...options });
	await p.go(link);
	await p.press('main form button.kern-btn--primary');
	await p.page.locator('main input[type=password]').first().fill(PASSWORD);
	await p.press('main form:not([data-passkey]) button.kern-btn--primary');
	return p;
}

/** Presses an action of the case by its words. */
const act = (p, words) => p.press(p.page.locator('.s-tools').getByText(words, { exact: true }).first());

export async function clerkParts({ house, check, expect, pdfIsTagged }) {
	await check('clerk', 'a case in the office without JavaScript: set-up, search by sound, take, ask, answer, decide, retrieval, close', async () => {
		const recorded = recordedCase('hundesteuer-anmeldung');
		const citizen = await house.person({ width: 375, js: false });
		await apply(citizen, 'hundesteuer-anmeldung', 'dresden', { ...inputsOf(recorded.answers), bekanntgabe: 'online', email: 'lucja-amt@example.org' });
		const reference = await citizen.text('.s-done dl dd');
		await citizen.press('main a.s-go[href*="/vorgang/"]');
		const status = citizen.page.url();

		const clerk = await clerkWithAccess(house, 'dresden', 'sachbearbeitung');
		await clerk.go('/');
		expect((await clerk.text()).includes(reference), 'the inbox does not show the new case');
		await clerk.shot('inbox');
		await clerk.page.locator('input[type=search]').fill('Oetztürk Gross'); // as heard on the telephone
		await clerk.press('.s-filter__q button');
		expect((await clerk.text('.s-stack')).includes(reference), 'the search by sound does not find Öztürk-Groß');
		await clerk.press(clerk.page.locator('tbody tr', { hasText: reference }).locator('th a'));
		await clerk.shot('case-new');
		const caseUrl = clerk.page.url();
		await act(clerk, 'Übernehmen');
		expect(/bei Ihnen/.test(await clerk.text('.s-notice')), 'nothing says that the case is taken');

		await clerk.go(`${caseUrl}/rueckfrage`);
		await clerk.page.locator('textarea').fill('Bitte schicken Sie uns eine Kopie des Impfpasses.');
		await clerk.press('main button[value=senden]');
		await citizen.go(status);
		expect((await citizen.text('.s-callout--todo')).includes('Impfpasses'), 'the question is not on the status page');
		await citizen.shot('status-question');
		await citizen.press('.s-callout--todo a.kern-btn--primary');
		await citizen.page.locator('textarea').fill('Anbei die Kopie.');
		await citizen.page.locator('input[type=file]').setInputFiles({ name: 'Impfpass – Seite 2.pdf', mimeType: 'application/pdf', buffer: pdf() });
		await citizen.shot('answer');
		await citizen.press('main .s-actions button[value=senden]');
		expect((await citizen.text('.s-thread')).includes('Anbei die Kopie'), 'the answer is not in the thread');

		await clerk.go(caseUrl);
		expect((await clerk.text()).includes('Anbei die Kopie') && (await clerk.text()).includes('Impfpass'), 'the clerk does not see the answer and its file');
		await clerk.shot('case-answered');
		await clerk.press(clerk.page.locator('.s-att a, .s-files a', { hasText: 'Impfpass' }).first());
		const picture = await clerk.fetch(await clerk.page.locator('.s-preview img').getAttribute('src'));
		expect(picture.status === 200 && /^image\//.test(picture.headers['content-type']), `preview: ${picture.status}`);
		await clerk.shot('preview');

		await clerk.go(`${caseUrl}/bescheid`);
		await clerk.page.locator('input[name=vorlage][value=erteilt]').check();
		await clerk.press('main button[value=waehlen]');
		await clerk.press('main button[value=vorschau]');
		await clerk.shot('decide');
		expect((await clerk.text('.s-letter')).includes('Frieda'), 'the letter does not name the dog');
		pdfIsTagged((await clerk.fetch(await clerk.page.locator('.s-letter__pdf a').getAttribute('href'))).body);
		await clerk.press('main button[value=erlassen]');
		await clerk.shot('decided');

		const mail = await house.mail('lucja-amt@example.org', /Entscheidung|Bescheid/);
		expect(!/Frieda|Öztürk/.test(mail.text), 'the mail tells what is in the case');
		await citizen.go(status);
		await citizen.shot('status-decision');
		expect(!/bezahlen Sie/.test(await citizen.text()), 'who gave a mandate is asked to transfer the tax as well');
		const arrived = citizen.page.waitForEvent('download').catch(() => null);
		await citizen.page.locator('.s-decision form button').click();
		const got = await Promise.race([arrived, citizen.page.waitForEvent('load')]);
		expect(got !== null, 'fetching the decision does nothing');
		await citizen.go(status);
		pdfIsTagged((await citizen.fetch(await citizen.page.locator('.s-decision a.kern-btn--primary').getAttribute('href'))).body);
		await citizen.shot('status-fetched');

		await clerk.go(caseUrl);
		await clerk.shot('case-fetched');
		expect(/Abgeholt am/.test(await clerk.text()), 'the clerk does not see that the decision was retrieved');
		await clerk.go(`${caseUrl}/protokoll`);
		expect((await clerk.page.locator('.s-notice--success').count()) === 1, 'the chain of events is not called unbroken');
		await clerk.go(`${caseUrl}/abschliessen`);
		await fillPage(clerk, {});
		await clerk.press('main form button.kern-btn--primary');
		expect(/abgeschlossen/i.test(await clerk.text()), 'the case is not closed');
		await clerk.shot('case-closed');
		for (const page of ['/vertretung', '/zustellungen', '/?ansicht=abgeschlossen']) await clerk.go(page);
	});

	await check('clerk', 'where two people have to look at it, the one who wrote the decision cannot release it, the other can', async () => {
		const recorded = recordedCase('sondernutzung-aussengastronomie');
		const citizen = await house.person({ js: false });
		await apply(citizen, 'sondernutzung-aussengastronomie', 'radebeul', { ...inputsOf(recorded.answers), bekanntgabe: 'post', email: '' });
		const reference = await citizen.text('.s-done dl dd');
		const writer = await clerkWithAccess(house, 'radebeul', 'sachbearbeitung');
		await writer.go(`/fall/${reference}`);
		await act(writer, 'Übernehmen');
		await writer.go(`/fall/${reference}/bescheid?vorlage=erteilt`);
		await writer.press('main button[value=erlassen]');
		expect(/Freigabe/.test(await writer.text()), 'the decision does not wait for a second person');
		await writer.go(`/fall/${reference}/bescheid`);
		expect((await writer.page.locator('button[value=freigeben]').count()) === 0, 'who wrote it may release it');
		await writer.shot('waiting');
		const lead = await clerkWithAccess(house, 'radebeul', 'leitung', { width: 375 });
		await lead.go(`/fall/${reference}/bescheid`);
		await lead.shot('release');
		await lead.press('main button[value=freigeben]');
		await lead.shot('released');
		expect(/Post/.test(await lead.text()), 'nothing says that the decision goes by post');
	});

	await check('clerk', 'pages of the administration on a desk and a phone', async () => {
		for (const width of [375, 1280]) {
			const admin = await clerkWithAccess(house, 'leipzig', 'verwaltung', { width, js: width === 1280 });
			for (const page of ['/', '/leute', '/zustellpunkte', '/zustellungen', '/einstellungen', '/vertretung']) {
				await admin.go(page);
				await admin.shot(`admin-${width}`);
			}
		}
	});
}
