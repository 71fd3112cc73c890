/* After the build: what the page opens is what src/comply/evidence.c opens (its test reads the same file), and what was changed,
 * is cut, is another one, or is for another key is not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const { outputFiles } = await build({ entryPoints: [at('src/sealed.ts')], bundle: true, write: false, format: 'esm' });
const { Sealed, open, readKey } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
const kept = Object.fromEntries(readFileSync(at('../tests/golden/evidence.txt'), 'utf8').trim().split('\n').map((line) => line.split(' ')));
const hex = (text) => new Uint8Array(Buffer.from(text, 'hex'));
const file = hex(kept.sealed + kept.file);
const secret = readKey(`${kept.secret}\n`);

const id = Buffer.from(file.slice(90, 106)).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

async function opened(bytes, key = secret, of = id) {
	const blob = await open(new Blob([bytes]).stream(), key, { id: of, type: 'video/mp4' }, () => {});
	return Buffer.from(await blob.arrayBuffer()).toString('hex');
}
assert.equal(await opened(file), kept.text);
for (let at = 0; at < file.length; at += at < 80 ? 7 : 11) { /* any bit, also of what the file says of itself */
	const other = file.slice();
	other[at] ^= 1 << at % 8;
	await assert.rejects(opened(other), Sealed, `byte ${at}`);
}
for (const n of [0, 79, 80, 200, file.length - 1])
	await assert.rejects(opened(file.slice(0, n)), (e) => e.flaw === 'cut', `${n} bytes`);
await assert.rejects(opened(file, secret.map((v) => v ^ 8)), (e) => e.flaw === 'key');
/* whole and untouched, but that of another time */
await assert.rejects(opened(file, secret, id.replace(/^./, (c) => (c === '0' ? '1' : '0'))), (e) => e.flaw === 'changed');
for (const text of ['', 'x'.repeat(64), kept.secret.slice(1), `${kept.secret}00`]) assert.equal(readKey(text), null);
console.log('evidence: opened as the server seals it');
