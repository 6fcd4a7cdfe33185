#!/usr/bin/env node
// SPDX-License-Identifier: EUPL-1.2
// timeout: 900
// Every view in every state, drawn from invented data (tests/support/view_gallery.c): HTML checkers, axe in light and dark on a
// phone and a desk, reflow at 320 px with wide text spacing, strict CSP, no script needed, weight of the first visit.
// By hand: VIEWS_ONLY=status VIEWS_SHOTS=/tmp/shots tests/suites/20-views.mjs   (pictures of the pages that begin so)
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const build = path.resolve(process.env.SCHALTER_BUILD ?? 'build');
const require = createRequire(path.resolve(process.env.SCHALTER_NPM ?? '.cache/npm-test/node_modules') + '/');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const only = process.env.VIEWS_ONLY ?? '';
const shots = process.env.VIEWS_SHOTS;
const CSP = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

let failed = 0;
function report(name, faults) {
	if (faults.length) {
		failed++;
		console.log(`not ok - ${name}`);
		for (const fault of faults.slice(0, 40)) console.log(`    ${fault}`);
		if (faults.length > 40) console.log(`    and ${faults.length - 40} more`);
	} else {
		console.log(`ok - ${name}`);
	}
}

// --- the pages
const made = spawnSync('ninja', ['-C', build, 'src/web/view_gallery'], { encoding: 'utf8' });
if (made.status !== 0) {
	console.log(made.stdout, made.stderr);
	console.log('not ok - the gallery is built');
	process.exit(1);
}
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'views-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
const drawn = spawnSync(path.join(build, 'src/web/view_gallery'), [dir], { encoding: 'utf8' });
report('every view can be drawn in every state', drawn.status === 0 ? [] : [drawn.stderr || `ended by ${drawn.signal}`]);
const names = fs.readdirSync(dir).filter((f) => f.endsWith('.html') && f.startsWith(only)).map((f) => f.slice(0, -5)).sort();

// --- HTML
const { HtmlValidate } = require('html-validate');
const validator = new HtmlValidate({
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
});
const htmlFaults = [];
const classes = new Map();
for (const name of names) {
	const html = fs.readFileSync(path.join(dir, `${name}.html`), 'utf8');
	const result = await validator.validateString(html, name);
	for (const r of result.results) for (const m of r.messages) htmlFaults.push(`${name}: ${m.ruleId}: ${m.message} (${m.selector ?? ''})`);
	for (const [, list] of html.matchAll(/ class="([^"]*)"/g)) for (const c of list.split(/\s+/)) if (c && !classes.has(c)) classes.set(c, name);
	// authors read texts with their placeholders
	if (!name.startsWith('author-') && /\{[a-z_]+\}/.test(html.replace(/ data-[a-z]+="[^"]*"/g, ''))) htmlFaults.push(`${name}: a placeholder was not filled in`);
	if (/ style=| on[a-z]+=|<style|javascript:/i.test(html)) htmlFaults.push(`${name}: inline style or script`);
}
report('html-validate finds nothing', htmlFaults);

const css = fs.readFileSync(path.join(build, 'src/web/assets', fs.readdirSync(path.join(build, 'src/web/assets')).find((f) => /^schalter-.*\.css$/.test(f))), 'utf8');
report('every class of a page is known to the style sheet',
	[...classes].filter(([c]) => !new RegExp(`\\.${c.replace(/[-/\\^$*+?.()|[\]{}]/g, '\\$&')}(?![a-z0-9_-])`, 'i').test(css)).map(([c, name]) => `${c} in ${name}`));

if (process.env.SCHALTER_VNU && fs.existsSync(process.env.SCHALTER_VNU)) {
	const vnu = spawnSync('java', ['-jar', process.env.SCHALTER_VNU, '--format', 'json', '--exit-zero-always', ...names.map((n) => path.join(dir, `${n}.html`))], { encoding: 'utf8', maxBuffer: 1 << 26 });
	// The one table that a phone shows as blocks names its roles, because display:block takes them away in some browsers
	const stacked = /^The “(table|rowgroup|row|cell|columnheader|rowheader)” role is unnecessary|^The “role” attribute must not be used on a “(tr|td|th)” element which has a “table” ancestor/;
	const faults = JSON.parse(vnu.stderr || '{"messages":[{"message":"vnu gave no answer"}]}').messages.filter((m) => (m.type === 'error' || m.subType === 'warning') && !stacked.test(m.message));
	report('the Nu HTML checker finds nothing', faults.map((m) => `${path.basename(m.url ?? '')}: ${m.message} (${(m.extract ?? '').trim().slice(0, 120)})`));
} else {
	console.log('skip - the Nu HTML checker finds nothing # no vnu.jar');
}

// --- browser
const wire = []; // bytes of each answer, as packed as the program sends them
const server = http.createServer((req, res) => {
	const url = new URL(req.url, 'http://localhost');
	const asset = url.pathname.startsWith('/assets/');
	const file = asset ? path.join(build, 'src/web', path.normalize(url.pathname)) : path.join(dir, path.basename(url.pathname));
	res.setHeader('Content-Security-Policy', CSP);
	if (!fs.existsSync(file) || fs.statSync(file).isDirectory()) {
		res.writeHead(url.pathname.endsWith('.png') ? 204 : 404);
		res.end();
		return;
	}
	const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json', '.txt': 'text/plain' };
	const packed = fs.existsSync(`${file}.br`) ? `${file}.br` : file;
	res.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
	if (packed !== file) res.setHeader('Content-Encoding', 'br');
	const body = fs.readFileSync(packed);
	wire.push([url.pathname, packed === file && path.extname(file) === '.html' ? require('node:zlib').brotliCompressSync(body, { params: { [require('node:zlib').constants.BROTLI_PARAM_QUALITY]: 5 } }).length : body.length]);
	res.end(body);
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({
	executablePath: process.env.SCHALTER_CHROMIUM ?? '/usr/bin/chromium',
	args: (process.env.SCHALTER_CHROMIUM_ARGS ?? (process.getuid() === 0 ? '--no-sandbox' : '')).split(' ').filter(Boolean),
});

// JavaScript is off in the pages themselves: what axe needs runs through the debugger, which CSP and this switch leave alone
const context = await browser.newContext({ javaScriptEnabled: true, bypassCSP: false, locale: 'de-DE', reducedMotion: 'reduce' });
const page = await context.newPage();
const complaints = [];
let current = '';
page.on('console', (m) => { if (m.type() === 'error' && !/favicon/.test(m.text())) complaints.push(`${current}: ${m.text()}`); });
page.on('pageerror', (e) => complaints.push(`${current}: ${e.message}`));
page.on('requestfailed', (r) => complaints.push(`${current}: ${r.url()} ${r.failure()?.errorText}`));

await page.setViewportSize({ width: 1280, height: 900 });
if (names.includes('start')) {
	current = 'start';
	wire.length = 0;
	await page.goto(`${base}/start.html`, { waitUntil: 'networkidle' });
	const sum = wire.reduce((a, [, n]) => a + n, 0);
	console.log(`    first visit: ${(sum / 1000).toFixed(1)} kB in ${wire.length} requests: ${wire.map(([u, n]) => `${u} ${n}`).join(', ')}`);
	report('the first visit costs at most 100 kB and 8 requests, fonts and all', sum <= 100000 && wire.length <= 8 ? [] : [`${sum} bytes, ${wire.length} requests`]);
}

const axeFaults = [];
const reflowFaults = [];
const focusFaults = [];
const cdp = await context.newCDPSession(page);
await cdp.send('Page.enable');
const worlds = async () => {
	const { frameTree } = await cdp.send('Page.getFrameTree');
	const { executionContextId } = await cdp.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
	await cdp.send('Runtime.evaluate', { contextId: executionContextId, expression: axe });
	return executionContextId;
};
for (const name of names) {
	current = name;
	await page.setViewportSize({ width: 1280, height: 900 });
	await page.emulateMedia({ colorScheme: 'light' });
	await page.goto(`${base}/${name}.html`, { waitUntil: 'load' });
	await page.evaluate(() => document.fonts.ready.then(() => 1));
	const world = await worlds();
	for (const width of [1280, 375]) {
		await page.setViewportSize({ width, height: 900 });
		for (const colorScheme of ['light', 'dark']) {
			await page.emulateMedia({ colorScheme });
			if (shots) {
				fs.mkdirSync(shots, { recursive: true });
				await page.screenshot({ path: path.join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
			}
			const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
				contextId: world, awaitPromise: true, returnByValue: true,
				// "incomplete" counts as well, but for what axe cannot measure: a textarea, which it takes to be covered by itself, and
				// cells that are scrolled out of their table's window
				expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
					.then((r) => [...r.violations, ...r.incomplete]
					.map((v) => ({ id: v.id, nodes: v.nodes.filter((n) => !n.any.some((c) => ['elmPartiallyObscured', 'bgOverlap'].includes(c.data?.messageKey) && (n.html.startsWith('<textarea') || document.querySelector(n.target[0])?.closest('.s-scroll')))) }))
					.filter((v) => v.nodes.length)
					.map((v) => v.id + ': ' + v.nodes.map((n) => n.target + ' ' + (n.failureSummary ?? '').replace(/\\s+/g, ' ').slice(0, 160)).slice(0, 3).join(' | ')))`,
			});
			if (exceptionDetails) axeFaults.push(`${name}: ${exceptionDetails.exception?.description}`);
			else for (const fault of result.value) axeFaults.push(`${name} ${width} ${colorScheme}: ${fault}`);
		}
	}
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize({ width: 320, height: 640 });
	const wide = () => page.evaluate(() => {
		const most = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= most) return null;
		const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > most + 1 && !e.closest('[tabindex="0"]'));
		return `${document.documentElement.scrollWidth} px: ${out.slice(-3).map((e) => `${e.tagName}.${e.className}`).join(' ')}`;
	});
	const narrow = await wide();
	if (narrow) reflowFaults.push(`${name}: ${narrow}`);
	// WCAG 1.4.12, set from outside through the debugger: the page's own CSP stays as it is
	await page.evaluate(() => {
		for (const e of document.querySelectorAll('body *')) {
			e.style.setProperty('line-height', '1.5', 'important');
			e.style.setProperty('letter-spacing', '0.12em', 'important');
			e.style.setProperty('word-spacing', '0.16em', 'important');
		}
	});
	const spaced = await wide();
	if (spaced) reflowFaults.push(`${name} with wide text spacing: ${spaced}`);
	if (await page.evaluate(() => document.querySelector('.s-errors') && document.activeElement?.id !== 'fehler')) focusFaults.push(`${name}: the error summary has not got the focus`);
	const dead = await page.evaluate(() => [...document.querySelectorAll('.s-errors a')].map((a) => a.getAttribute('href')).filter((h) => !/^#/.test(h) || !document.getElementById(h.slice(1))?.matches('input,select,textarea,button,[tabindex]'))); // what takes the focus
	if (dead.length) focusFaults.push(`${name}: error links to nothing: ${dead}`);
}
report('axe finds nothing at 375 and 1280 px, light and dark', axeFaults);
report('no page scrolls sideways at 320 px, also with wide text spacing', reflowFaults);
report('the error summary gets the focus and leads to the wrong input', focusFaults);
report('no page breaks the content security policy or asks for what is not there', complaints);

await browser.close();
server.close();
process.exit(failed ? 1 : 0);
