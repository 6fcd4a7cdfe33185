#!/usr/bin/env node
// SPDX-License-Identifier: EUPL-1.2
// build-assets.mjs --ui DIR --npm DIR --out DIR --depfile FILE
// Makes what the browser gets beside the pages: one style sheet (KERN's parts and our layer), two fonts cut down to the letters
// of Europe's names, one small script, icon and manifest. Writes asset_table.c (embedded, with .br and .gz) and asset_urls.h.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

const args = Object.fromEntries(process.argv.slice(2).join('\0').split('\0').reduce((pairs, word, i, all) => {
	if (word.startsWith('--')) pairs.push([word.slice(2), all[i + 1]]);
	return pairs;
}, []));
for (const name of ['ui', 'npm', 'out', 'depfile']) {
	if (!args[name]) fail(`--${name} is missing`);
}
const modules = path.join(args.npm, 'node_modules');
const kern = path.join(modules, '@kern-ux/native');
const deps = [new URL(import.meta.url).pathname];

function fail(message) {
	console.error(`build-assets: ${message}`);
	process.exit(1);
}

function read(name) {
	const file = path.join(args.ui, name);
	deps.push(file);
	return fs.readFileSync(file);
}

// Latin with Extended-A and -B of names, combining marks, typography, arrows, currency. Rarer letters come from the system's font.
const LETTERS = 'U+0020-007E,U+00A0-017F,U+018F,U+0192,U+01A0-01A1,U+01AF-01B0,U+01CD-01DC,U+01E4-01E9,U+01F4-01F5,U+0218-021B,U+0259,' +
	'U+02BC,U+02C6-02C7,U+02D8-02DD,U+0300-0304,U+0306-030C,U+0323,U+0326-0328,U+1E80-1E85,U+1E9E,U+1EF2-1EF3,' +
	'U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2039-203A,U+2044,U+20AC,U+2116,U+2122,U+2190-2193,U+2212,U+2248,U+2260,U+2264-2265,U+FFFD';

function font(file) {
	const source = path.join(kern, 'dist/fonts/fira-sans', file);
	const target = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'font-')), 'font.woff2');
	const run = spawnSync('pyftsubset', [source, `--output-file=${target}`, '--flavor=woff2', `--unicodes=${LETTERS}`,
		'--layout-features=kern,liga,locl,tnum,lnum,mark,mkmk,ccmp', '--no-hinting', '--desubroutinize',
		'--name-IDs=0,1,2,3,4,5,6,13,14'], { encoding: 'utf8', env: { ...process.env, SOURCE_DATE_EPOCH: '1420070400' } });
	if (run.status !== 0) fail(`pyftsubset (Debian: fonttools, python3-brotli): ${run.error ?? run.stderr}`);
	const bytes = fs.readFileSync(target);
	fs.rmSync(path.dirname(target), { recursive: true });
	return bytes;
}

function styles() {
	const sass = createRequire(path.join(modules, 'x.js'))('sass');
	const compile = (name) => {
		const result = sass.compile(path.join(args.ui, name), { style: 'compressed', loadPaths: [path.join(kern, 'src/scss/core'), args.ui], charset: false, quietDeps: true });
		deps.push(...result.loadedUrls.filter((u) => u.protocol === 'file:').map((u) => u.pathname));
		return result.css;
	};
	// KERN draws the arrow of <select> as a data: mask, which our CSP forbids; schalter.scss draws another.
	const parts = compile('kern.scss').replace(/(?:-webkit-)?mask(?:-image)?:[^;{}]*url\("data:[^"]*"\)[^;{}]*;?/g, '');
	if (/url\(/.test(parts)) fail('KERN brought an url() into the style sheet');
	const version = JSON.parse(fs.readFileSync(path.join(kern, 'package.json'))).version;
	return `/*! Parts of KERN ${version}, gitlab.opencode.de/kern-ux/kern-ux-plain, EUPL-1.2; changed: see ui/kern.scss */\n${parts}\n` +
		`/*! Schalter, EUPL-1.2 */\n${compile('schalter.scss')}`;
}

const assets = []; // { name, url, type, body }
const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml', woff2: 'font/woff2', png: 'image/png', txt: 'text/plain; charset=utf-8', webmanifest: 'application/manifest+json' };

function add(name, body) {
	const [, stem, ext] = /^(.*)\.([a-z0-9]+)$/.exec(name);
	const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
	const asset = { name, url: `/assets/${stem}-${hash}.${ext}`, type: TYPES[ext], body: Buffer.from(body) };
	assets.push(asset);
	return asset.url;
}

const regular = add('fira-400.woff2', font('FiraSans-Regular.woff2'));
const bold = add('fira-600.woff2', font('FiraSans-SemiBold.woff2'));
add('OFL.txt', read('fonts/OFL.txt'));
const icon = add('icon.svg', read('icon.svg'));
add('schalter.webmanifest', read('schalter.webmanifest').toString().replace('ICON_URL', icon));
// metrics of the stand-in face keep the lines where they are while Fira is loading
const faces = `@font-face{font-family:"Fira Sans";src:url(${regular}) format("woff2");font-weight:400;font-display:swap}` +
	`@font-face{font-family:"Fira Sans";src:url(${bold}) format("woff2");font-weight:500 700;font-display:swap}` +
	'@font-face{font-family:"Fira Fallback";src:local("Arial"),local("Liberation Sans");size-adjust:98%;ascent-override:95%;descent-override:27%}';
const css = styles() + faces;
if (/data:|@import|https?:\/\/(?!gitlab)/.test(css)) fail('the style sheet refers to data: or another site');
add('schalter.css', css);
add('schalter.js', read('schalter.js'));

const bytes = (b) => {
	const lines = [];
	for (let i = 0; i < b.length; i += 32) lines.push('\t' + [...b.subarray(i, i + 32)].join(','));
	return lines.join(',\n');
};
const c = ['/* Generated by tools/build-assets.mjs. */', '#include "web/assets.h"', ''];
const table = [];
assets.forEach((a, i) => {
	const variants = { body: a.body };
	if (!a.name.endsWith('.woff2')) {
		variants.br = zlib.brotliCompressSync(a.body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: a.body.length } });
		variants.gz = zlib.gzipSync(a.body, { level: 9 });
	}
	for (const [variant, data] of Object.entries(variants)) {
		c.push(`static const unsigned char ${variant}_${i}[] = {`, bytes(data), '};');
		fs.mkdirSync(path.join(args.out, 'assets'), { recursive: true });
		fs.writeFileSync(path.join(args.out, a.url.slice(1) + (variant === 'body' ? '' : '.' + variant)), data);
	}
	const ref = (v) => (variants[v] ? `{ (const char *)${v}_${i}, sizeof(${v}_${i}) }` : '{ 0 }');
	table.push(`\t{ STR_INIT("${a.name}"), STR_INIT("${a.url}"), STR_INIT("${a.type}"), ${ref('body')}, ${ref('br')}, ${ref('gz')} },`);
});
c.push('', 'const struct asset asset_table[] = {', ...table, '};', 'const size_t asset_count = sizeof(asset_table) / sizeof(asset_table[0]);', '');
const h = ['/* Generated by tools/build-assets.mjs. */', '#pragma once', ...assets.map((a) => `#define ASSET_URL_${a.name.replace(/[.-]/g, '_').toUpperCase()} "${a.url}"`), ''];

function writeIfChanged(name, lines) {
	const file = path.join(args.out, name);
	const text = lines.join('\n');
	if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) fs.writeFileSync(file, text);
}
writeIfChanged('asset_table.c', c);
writeIfChanged('asset_urls.h', h);
fs.writeFileSync(args.depfile, `${path.join(args.out, 'asset_table.c')}: ${[...new Set(deps)].join(' ')}\n`);
