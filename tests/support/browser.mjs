// SPDX-License-Identifier: EUPL-1.2
// browser.mjs: Schalter as a process with its helpers, people in front of it in Chromium, and what every page must keep to.
//
//   const house = await openHouse({ folder, port });           // the released program, sandbox and CSP on, mail relay, identity service
//   const person = await house.person({ width: 375, js: false });
//   await person.go('/dresden/leistung/hundesteuer-anmeldung');  // opened, and examined if no page like it was examined before
//   await house.close();
// Everything is on loopback. Processes are ended by close(), also after a failure.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { examine, reportable } from './page_rules.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const require = createRequire(path.resolve(process.env.SCHALTER_NPM ?? path.join(root, '.cache/npm-test/node_modules')) + '/');
const { chromium } = require('playwright-core');
const program = path.resolve(process.env.SCHALTER_BIN_RELEASE ?? path.join(root, 'build/schalter'));

// --- processes

function child(services, processes, command, args, ready, log) {
	const out = fs.openSync(log, 'w');
	const process_ = spawn(command, args, {
		stdio: ['ignore', 'pipe', out],
		env: { ...process.env, SCHALTER_SERVICES: services, SCHALTER_PLACES: path.join(root, 'places') },
	});
	processes.push(process_);
	return new Promise((resolve, reject) => {
		let said = '';
		const late = setTimeout(() => reject(new Error(`${command} is not ready after 20 s`)), 20000);
		process_.stdout.on('data', (data) => {
			said += data;
			if (!ready.test(said)) return;
			clearTimeout(late);
			resolve({ process: process_, said });
		});
		process_.on('exit', (code) => {
			clearTimeout(late);
			reject(new Error(`${command} ended with ${code}: ${said}${fs.readFileSync(log, 'utf8').slice(-1500)}`));
		});
	});
}

/** services: folder of packages in place of those of the demonstration. */
export async function openHouse({ folder, port, services = path.join(root, 'services') }) {
	const house = new House(folder, port, services);
	process.on('exit', () => house.processes.forEach((p) => p.kill('SIGKILL')));
	try {
		await house.open();
	} catch (error) {
		await house.close();
		throw error;
	}
	return house;
}

class House {
	constructor(folder, port, services) {
		Object.assign(this, { folder, port, services, processes: [], seen: new Set(), faults: [], people: [] });
		this.base = `http://localhost:${port}`;
		this.office = `http://amt.localhost:${port}`;
		this.mails = `http://127.0.0.1:${port + 2}`;
		this.identity = `http://127.0.0.1:${port + 3}`;
		this.data = path.join(folder, 'data');
	}

	async open() {
		const start = (...of) => child(this.services, this.processes, ...of);
		const log = (name) => path.join(this.folder, `${name}.log`);
		await start('python3', [path.join(root, 'tests/support/smtp_sink'), '--smtp', this.port + 1, '--http', this.port + 2, '--dir', path.join(this.folder, 'mails'), '--die-with-parent'].map(String), /smtp_sink: /, log('mail'));
		await start(path.join(path.dirname(program), 'schalter-identity'), ['--port', String(this.port + 3), '--die-with-parent'], /./, log('identity'));
		await start(program, ['serve', '--demo', '--port', this.port, '--data', this.data, '--smtp-url', `smtp://127.0.0.1:${this.port + 1}`, '--identity-url', this.identity, '--rate_per_minute', 0].map(String), /is ready/, log('serve'));
		this.browser = await chromium.launch({
			executablePath: process.env.SCHALTER_CHROMIUM ?? '/usr/bin/chromium',
			args: [...(process.env.SCHALTER_CHROMIUM_ARGS ?? (process.getuid() === 0 ? '--no-sandbox' : '')).split(' ').filter(Boolean), '--disable-background-networking'],
		});
		this.examiner = await this.browser.newPage({ locale: 'de-DE', reducedMotion: 'reduce' });
	}

	async close() {
		await this.browser?.close();
		for (const p of this.processes.reverse()) {
			if (p.exitCode !== null) continue;
			const gone = new Promise((resolve) => p.once('exit', resolve));
			p.kill('SIGTERM');
			const hard = setTimeout(() => p.kill('SIGKILL'), 10000);
			await gone;
			clearTimeout(hard);
		}
	}

	/** A command of the program beside the running server; its output. */
	tool(...args) {
		const done = spawnSync(program, [...args, '--data', this.data, '--demo'], { encoding: 'utf8', timeout: 30000 });
		if (done.status !== 0) throw new Error(`schalter ${args.join(' ')}: ${done.stderr}`);
		return done.stdout;
	}

	/** The newest mail to this address, waited for. */
	async mail(to, matching = /./) {
		for (let i = 0; i < 100; i++) {
			const list = await (await fetch(`${this.mails}/list.json?to=${encodeURIComponent(to)}`)).json();
			const found = list.filter((m) => matching.test(m.text)).pop();
			if (found) return found;
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		throw new Error(`no mail to ${to} that says ${matching}`);
	}

	async person(options = {}) {
		const p = new Person(this, options);
		await p.enter();
		this.people.push(p);
		return p;
	}
}

// --- people

/** Somebody with a browser of their own: one context, one page at a time. */
class Person {
	constructor(house, { width = 1280, js = true, office = false, dark = false } = {}) {
		Object.assign(this, { house, width, js, office, dark, base: office ? house.office : house.base });
	}

	async enter() {
		this.context = await this.house.browser.newContext({
			javaScriptEnabled: this.js, viewport: { width: this.width, height: 900 }, locale: 'de-DE', reducedMotion: 'reduce', colorScheme: this.dark ? 'dark' : 'light', acceptDownloads: true,
		});
		this.context.setDefaultTimeout(8000);
		await this.tab();
	}

	/** A further tab; the person goes on in it. */
	async tab() {
		const page = await this.context.newPage();
		const own = (url) => [this.house.base, this.house.office, this.house.identity, `http://127.0.0.1:${this.house.port}`].some((o) => url.startsWith(`${o}/`)) || url.startsWith('data:') || url.startsWith('about:') || url.startsWith('blob:');
		page.on('request', (r) => own(r.url()) || this.house.faults.push(`${page.url()}: asks ${r.url()}`));
		page.on('console', (m) => /Content Security Policy|Content-Security-Policy|TrustedHTML/i.test(m.text()) && this.house.faults.push(`${page.url()}: ${m.text().slice(0, 200)}`));
		page.on('pageerror', (e) => this.house.faults.push(`${page.url()}: ${e.message}`));
		page.on('response', (r) => {
			if (!own(r.url())) return;
			if (r.status() >= 500) this.house.faults.push(`${r.request().method()} ${r.url()}: ${r.status()}`);
			if (r.request().isNavigationRequest() && r.frame() === page.mainFrame() && !(r.status() >= 300 && r.status() < 400)) {
				page.answer = r;
				page.source = r.text().catch(() => '');
			}
		});
		this.page = page;
		return page;
	}

	async leave() {
		await this.context.close();
	}

	/** Opens an address of this person's host and examines the page. */
	async go(where) {
		await this.page.goto(where.startsWith('http') ? where : this.base + where, { waitUntil: 'load' });
		await this.look();
		return this.page;
	}

	get path() {
		return new URL(this.page.url()).pathname;
	}

	get status() {
		return this.page.answer?.status();
	}

	async text(selector = 'main') {
		return (await this.page.locator(selector).first().innerText()).trim();
	}

	/** Presses a button or link and waits for the page behind it. */
	async press(target) {
		const what = typeof target === 'string' ? this.page.locator(target).first() : target;
		await Promise.all([this.page.waitForEvent('load'), what.click()]);
		await this.look();
	}

	/** Examines the page in front of the person, once for each kind of page. */
	async look(force = false) {
		if (!this.page.url().startsWith(this.house.base) && !this.page.url().startsWith(this.house.office)) return;
		const faults = await examine(this.page, { seen: this.house.seen, js: this.js, examiner: this.house.examiner, force });
		if (!faults.length) return;
		const shot = await this.shot('page');
		this.house.faults.push(...faults.map((f) => `${reportable(this.page.url())}: ${f} (${shot})`));
	}

	async shot(name) {
		const dir = process.env.BROWSER_SHOTS ?? path.join(this.house.folder, 'shots');
		fs.mkdirSync(dir, { recursive: true });
		this.house.shots = (this.house.shots ?? 0) + 1;
		const file = path.join(dir, `${String(this.house.shots).padStart(3, '0')}-${name.replace(/[^a-z0-9-]+/gi, '_').slice(0, 60)}.png`);
		await this.page.screenshot({ path: file, fullPage: true }).catch(() => {});
		return file;
	}

	/** Downloads by the session of this person: status, headers, body. */
	async fetch(href) {
		const url = new URL(href, this.page.url());
		const cookie = (await this.context.cookies(url.href)).map((c) => `${c.name}=${c.value}`).join('; ');
		return new Promise((resolve, reject) => {
			// not by name: Chromium knows amt.localhost, the system's resolver need not
			http.get({ host: '127.0.0.1', port: url.port, path: url.pathname + url.search, headers: { Host: url.host, Cookie: cookie } }, (r) => {
				const parts = [];
				r.on('data', (part) => parts.push(part));
				r.on('end', () => resolve({ status: r.statusCode, headers: r.headers, body: Buffer.concat(parts) }));
			}).on('error', reject);
		});
	}
}
