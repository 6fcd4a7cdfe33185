// SPDX-License-Identifier: EUPL-1.2
// page_rules.mjs: what every page of Schalter keeps to, wherever and however it was reached.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(path.resolve(process.env.SCHALTER_NPM ?? path.join(here, '../../.cache/npm-test/node_modules')) + '/');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const { HtmlValidate } = require('html-validate');

export const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// "incomplete" counts as well, but for what axe cannot measure: a textarea, which it takes to be covered by itself, and cells that
// are scrolled out of their table's window
export const AXE_RUN = `axe.run(document, { runOnly: ${JSON.stringify(AXE_TAGS)} })
	.then((r) => [...r.violations, ...r.incomplete]
	.map((v) => ({ id: v.id, nodes: v.nodes.filter((n) => !n.any.some((c) => ['elmPartiallyObscured', 'bgOverlap'].includes(c.data?.messageKey) && (n.html.startsWith('<textarea') || document.querySelector(n.target[0])?.closest('.s-scroll')))) }))
	.filter((v) => v.nodes.length)
	.map((v) => v.id + ': ' + v.nodes.map((n) => n.target + ' ' + (n.failureSummary ?? '').replace(/\\s+/g, ' ').slice(0, 160)).slice(0, 3).join(' | ')))`;

export const HTML_RULES = {
	root: true,
	extends: ['html-validate:recommended', 'html-validate:document', 'html-validate:a11y'],
	rules: {
		'require-sri': 'off', // same origin
		'long-title': 'off', // names of services can be long
		'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'button', 'submit'] }],
		'no-inline-style': 'error',
		'prefer-native-element': ['error', { exclude: ['region', 'alert', 'status', 'table', 'row', 'cell', 'rowheader', 'columnheader', 'rowgroup'] }],
		'heading-level': 'off', // the error summary stands before h1, as on GOV.UK; page-has-heading-one is checked by axe
		'no-trailing-whitespace': 'off',
		'attribute-boolean-style': 'off',
		'tel-non-breaking': 'off',
		'void-style': 'off',
		'doctype-style': 'off',
		'text-content': 'off',
		'hidden-focusable': 'off', // the unseen default button (Enter means "Weiter", not "Entfernen"): not reachable by Tab
		'no-redundant-role': 'off', // role on table parts: they are shown as blocks on a phone, which takes the semantics away
	},
};
const validator = new HtmlValidate(HTML_RULES);

const inTime = (promise) => Promise.race([promise, new Promise((_, reject) => { setTimeout(() => reject(new Error('axe does not end')), 20000).unref(); })]);

/** An address without what is random in it: handles, codes, numbers. */
export function reportable(url) {
	const u = new URL(url);
	return u.host.split(':')[0] + u.pathname.replace(/\/[A-Za-z0-9_-]{22,}(?=\/|$)/g, '/*').replace(/\/\d+(?=\/|$)/g, '/n');
}

/** axe needs promises and timers, which a browser without JavaScript does not have: the same answer, shown once more in one that has. */
async function sameWithScripts(shown, html, examiner) {
	await examiner.route('**/*', (route) => {
		if (route.request().isNavigationRequest()) return route.fulfill({ status: shown.answer.status(), headers: shown.answer.headers(), body: html });
		return /\.js$/.test(new URL(route.request().url()).pathname) ? route.abort() : route.continue();
	});
	await examiner.setViewportSize(shown.viewportSize());
	await examiner.goto(shown.url(), { waitUntil: 'load' });
	return examiner;
}

/** Faults of the page in front of us, as lines; nothing if a page of this kind was examined before. */
export async function examine(page, { seen, js, examiner, force = false }) {
	const { width, height } = page.viewportSize();
	const kind = await page.evaluate(() => `${document.title}|${document.documentElement.lang}|${document.querySelectorAll('.s-errors li').length}|${document.querySelectorAll('.s-callout,.s-decision,.s-upload__list').length}`);
	const key = `${reportable(page.url())}|${page.answer?.status()}|${kind.replace(/[A-Z]\d\d-[\w-]+/g, '*')}`;
	if (seen.has(key) && !force) return [];
	seen.add(key);

	const faults = [];
	const html = await page.source;
	for (const r of (await validator.validateString(html, 'page.html')).results) for (const m of r.messages) faults.push(`html: ${m.ruleId}: ${m.message} (line ${m.line})`);
	if (/\{[a-z_]+\}/.test(html.replace(/ data-[a-z]+="[^"]*"/g, ''))) faults.push('a placeholder was not filled in');
	if (/ style=| on[a-z]+=|<style|javascript:/i.test(html.replace(/<script[^>]*><\/script>/g, ''))) faults.push('inline style or script');

	const shown = page;
	if (!js) page = await sameWithScripts(shown, html, examiner);
	const cdp = await page.context().newCDPSession(page);
	await page.evaluate(() => document.fonts.ready.then(() => 1));
	// what axe needs runs through the debugger in a world of its own, which CSP and a switched-off JavaScript leave alone
	const { frameTree } = await cdp.send('Page.getFrameTree');
	const { executionContextId } = await cdp.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
	await cdp.send('Runtime.evaluate', { contextId: executionContextId, expression: axe });
	// the pages of a form are many and made of the same parts: half of the services are filled in at each width
	const widths = /\/antrag\//.test(key) ? [width] : [width, width === 375 ? 1280 : 375];
	for (const w of widths) {
		await page.setViewportSize({ width: w, height });
		const { result, exceptionDetails } = await inTime(cdp.send('Runtime.evaluate', { contextId: executionContextId, awaitPromise: true, returnByValue: true, expression: AXE_RUN }));
		if (exceptionDetails) faults.push(`axe: ${exceptionDetails.exception?.description}`);
		else faults.push(...result.value.map((f) => `axe at ${w}: ${f}`));
	}
	await cdp.detach();

	await page.setViewportSize({ width: 320, height });
	const wide = await page.evaluate(() => {
		const most = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= most) return null;
		const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > most + 1 && !e.closest('[tabindex="0"]'));
		return `${document.documentElement.scrollWidth} px: ${out.slice(-3).map((e) => `${e.tagName}.${e.className}`).join(' ')}`;
	});
	if (wide) faults.push(`scrolls sideways at 320 px: ${wide}`);
	await page.setViewportSize({ width, height });
	if (!js) await page.unrouteAll();
	return faults;
}
