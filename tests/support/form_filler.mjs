// SPDX-License-Identifier: EUPL-1.2
// form_filler.mjs: fills forms as people do, page by page, from the recorded cases of a service package.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { root } from './browser.mjs';

// --- recorded cases

function scalar(text) {
	const t = text.trim();
	if (t.startsWith('[')) return t.slice(1, -1).split(',').map(scalar);
	return t.startsWith('"') ? JSON.parse(t) : t;
}

/** The recorded case number n of a service: { name, place, today, answers: { "hund[1].name": "Frieda", ... }, fee }. */
export function recordedCase(service, n = 0) {
	const lines = fs.readFileSync(path.join(root, 'services', service, 'cases.yaml'), 'utf8').split('\n');
	const starts = lines.flatMap((l, i) => (l.startsWith('- name:') ? [i] : []));
	const found = { answers: {} };
	for (const line of lines.slice(starts[n], starts[n + 1])) {
		const top = /^[- ] ([a-z]+): (.+)$/.exec(line);
		const answer = /^    ("?)([a-z][a-z_.[\]0-9]*)\1: (.+)$/.exec(line);
		if (answer) found.answers[answer[2]] = scalar(answer[3]);
		else if (top) found[top[1]] = scalar(top[2]);
	}
	return onTheDay(found);
}

/** The cases were recorded on a day; what lies less than two years before or behind it moves with today. */
function onTheDay(c) {
	const [y, m, d] = c.today.split('-').map(Number);
	const now = new Date();
	const shift = Math.floor((Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) - Date.UTC(y, m - 1, d)) / 86400000);
	for (const [id, value] of Object.entries(c.answers)) {
		const date = /^(\d+)\.(\d+)\.(\d{4})$/.exec(value);
		if (!date || Math.abs(Number(date[3]) - y) > 1) continue;
		const moved = new Date(Date.UTC(Number(date[3]), Number(date[2]) - 1, Number(date[1]) + shift));
		c.answers[id] = `${moved.getUTCDate()}.${moved.getUTCMonth() + 1}.${moved.getUTCFullYear()}`;
	}
	return c;
}

/** What each input of the form gets: name -> value or list of values (several choices) or { files: n }. */
export function inputsOf(answers) {
	const inputs = {};
	for (const [id, value] of Object.entries(answers)) {
		const [, group, row, rest] = /^([a-z_]+)\[(\d+)\](.*)$/.exec(id) ?? [null, null, '1', id];
		const name = `${group ? group + rest : id}`.replace(/\./g, '-') + (Number(row) > 1 ? `-${row}` : '');
		const date = /^(\d+)\.(\d+)\.(\d{4})$/.exec(value);
		inputs[name] = value;
		if (date) [inputs[`${name}-day`], inputs[`${name}-month`], inputs[`${name}-year`]] = date.slice(1);
	}
	return inputs;
}

// --- files

const crcTable = Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	return n >>> 0;
});
const crc = (data) => ~data.reduce((c, b) => crcTable[(c ^ b) & 255] ^ (c >>> 8), 0xffffffff) >>> 0;

/** A real PNG: a disc on a plain ground. */
export function png(width = 600, height = 800) {
	const chunk = (type, data) => {
		const body = Buffer.concat([Buffer.from(type), data]);
		const out = Buffer.alloc(body.length + 8);
		out.writeUInt32BE(data.length, 0);
		body.copy(out, 4);
		out.writeUInt32BE(crc(body), body.length + 4);
		return out;
	};
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.set([8, 2, 0, 0, 0], 8);
	const rows = Buffer.alloc((width * 3 + 1) * height);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) {
			const in_ = (x - width / 2) ** 2 + (y - height / 2.4) ** 2 < (width / 3.4) ** 2;
			rows.set(in_ ? [214, 178, 148] : [222, 228, 236], y * (width * 3 + 1) + 1 + x * 3);
		}
	return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', zlib.deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

/** A real PDF with one page and correct offsets. */
export function pdf() {
	const page = 'BT /F1 24 Tf 60 700 Td (Nachweis) Tj ET';
	const objects = ['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>', '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
		`<</Length ${page.length}>>stream\n${page}\nendstream`, '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'];
	let out = '%PDF-1.4\n';
	const offsets = objects.map((o, i) => {
		const at = out.length;
		out += `${i + 1} 0 obj${o} endobj\n`;
		return at;
	});
	const at = out.length;
	out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('')}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${at}\n%%EOF\n`;
	return Buffer.from(out, 'latin1');
}

let pictures;

/** Files as people bring them: a PDF, a photo, a screenshot. The JPEG is drawn by the browser. */
export async function somefile(house, accept, number) {
	if (!pictures) {
		const page = await house.browser.newPage({ viewport: { width: 700, height: 900 } });
		await page.setContent('<h1 style="font:60px sans-serif">Foto</h1><div style="width:400px;height:500px;background:linear-gradient(#89a,#dcb)"></div>');
		pictures = { jpg: await page.screenshot({ type: 'jpeg' }), png: png() };
		await page.close();
	}
	const kinds = [['application/pdf', '.pdf', () => pdf()], ['image/jpeg', '.jpg', () => pictures.jpg], ['image/png', '.png', () => pictures.png]].filter(([type, ending]) => !accept || accept.includes(type) || accept.includes(ending));
	const [mimeType, ending, make] = kinds[number % kinds.length];
	return { name: `Nachweis ${number + 1} für Müller${ending}`, mimeType, buffer: make() };
}

// --- pages of a form

const CONTROLS = 'main form[method=post] :is(input:not([type=hidden]):not([readonly]), select, textarea)';

async function upload(person, name, values) {
	const box = person.page.locator(`main input[type=file][name="${name}"]`);
	for (let i = await person.page.locator('.s-upload__list li').count(); i < values.length; i++) {
		if (!(await box.count())) return;
		const file = await somefile(person.house, await box.getAttribute('accept'), Number(values[i]) - 1);
		const own = await box.getAttribute('data-upload');
		const arrived = person.page.waitForEvent('load');
		await box.setInputFiles(file); // with JavaScript it is sent at once
		if (!person.js) await person.page.locator(`#${own}`).click();
		await arrived;
		await person.look();
	}
}

/** Fills what the page asks; names that have no answer are returned. */
export async function fillPage(person, inputs) {
	const { page } = person;
	const controls = await page.locator(CONTROLS).evaluateAll((all) => all.map((e) => ({ name: e.name, tag: e.tagName, type: e.type, value: e.value })));
	const unanswered = new Set();
	for (const { name, tag, type, value } of controls) {
		const given = inputs[name];
		if (given === undefined) {
			unanswered.add(name);
		} else if (type === 'file') {
			await upload(person, name, given);
		} else if (type === 'radio' || type === 'checkbox') {
			const box = page.locator(`main [name="${name}"][value="${value}"]`);
			if ([given].flat().includes(value)) await box.check();
			else if (type === 'checkbox') await box.uncheck();
		} else if (tag === 'SELECT') {
			await page.locator(`main [name="${name}"]`).selectOption(given);
		} else {
			await page.locator(`main [name="${name}"]`).fill(String(given));
		}
	}
	return [...unanswered];
}

/** The list of repeated rows asks whether there is another one: as many as there are answers for. */
async function anotherRow(person, inputs) {
	const radios = person.page.locator('main input[type=radio][name="noch-einer"]');
	if (!(await radios.count())) return;
	const rows = await person.page.locator('.s-rows li').count();
	const group = person.path.split('/').pop().replace(/-list$/, '');
	const more = Object.keys(inputs).some((name) => name.startsWith(`${group}-`) && name.endsWith(`-${rows + 1}`));
	await person.page.locator(`main input[name="noch-einer"][value="${more ? 'ja' : 'nein'}"]`).check();
}

/** From the first question to the page in front of which `until` stops; the paths that were seen. */
export async function walkForm(person, inputs, until = /\/pruefen$/) {
	const seen = [];
	for (let i = 0; i < 60; i++) {
		if (until.test(person.path)) return seen;
		seen.push(person.path.replace(/^\/antrag\/[^/]+\//, ''));
		await fillPage(person, inputs);
		await anotherRow(person, inputs);
		await person.press('main form[method=post] .s-actions button.kern-btn--primary');
		const wrong = await person.page.locator('.s-errors li').allInnerTexts();
		if (wrong.length) throw new Error(`${seen.at(-1)}: ${wrong.join(' / ')} (${await person.shot('wrong')})`);
	}
	throw new Error(`the form does not end: ${seen.join(' ')}`);
}

// --- whole ways

/** From the start page to the results. */
export async function search(person, words, place) {
	await person.go('/');
	await person.page.locator('#q').fill(words);
	await person.page.locator('#ort').fill(place);
	await person.press('.s-search button');
}

/** Signs in at the stand-in identity service and comes back. */
export async function identify(person) {
	await person.press('main button.kern-btn--primary');
	await person.page.locator('input[type=radio]').first().check();
	const back = person.page.waitForURL((url) => url.href.startsWith(person.base), { waitUntil: 'load' });
	await person.page.locator('main button').first().click();
	await back;
	await person.look();
}

/** From the service page to the confirmation. */
export async function apply(person, service, place, inputs) {
	await person.go(`/${place}/leistung/${service}`);
	await person.press('button.s-start');
	const seen = await walkForm(person, inputs);
	for (let i = 0; i < 2; i++) {
		await fillPage(person, inputs);
		await person.press('main form[method=post] .s-actions button.kern-btn--primary');
		const wrong = await person.page.locator('.s-errors li').allInnerTexts();
		if (wrong.length) throw new Error(`check page: ${wrong.join(' / ')}`);
		if (person.path.endsWith('/gesendet')) return seen;
		// a service that needs to know who it is says so before it takes the application
		await person.press('main .s-card a.kern-btn--primary');
		await identify(person);
	}
	throw new Error(`not sent, at ${person.path}`);
}
