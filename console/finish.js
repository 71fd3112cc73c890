/* After vite: the list of files that the service worker keeps, written into sw.js; then scripts and
 * styles are packed as the server sends them. Fails over the budgets: of what is kept, and of what a
 * browser unpacks and runs. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, 'dist');
const budget = { kept: 300, unpacked: 600 }; /* KiB */

function walk(dir) {
	return readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
		e.isDirectory() ? walk(join(dir, e.name)) : [join(dir, e.name)]).sort();
}

const worker = join(dist, 'sw.js');
const kept = walk(dist).filter((f) => f !== worker);
const version = createHash('sha256');
for (const f of kept) version.update(relative(dist, f)).update(readFileSync(f));
const urls = kept.map((f) => '/' + relative(dist, f)).map((u) => (u === '/index.html' ? '/' : u));
writeFileSync(worker, readFileSync(worker, 'utf8')
	.replace("'VERSION'", JSON.stringify(version.digest('hex').slice(0, 16)))
	.replace("['FILES']", JSON.stringify(urls)));

function size() {
	return Math.ceil(walk(dist).reduce((n, f) => n + statSync(f).size, 0) / 1024);
}

const unpacked = size();
for (const f of kept.filter((f) => /\/assets\/.*\.(js|css)$/.test(f))) {
	const packed = gzipSync(readFileSync(f), { level: 9 });
	packed[9] = 255; /* RFC 1952: on which system, is nobody's business and another everywhere */
	writeFileSync(f + '.gz', packed);
	rmSync(f);
}
console.log(`dist: ${size()} KiB of ${budget.kept} (unpacked ${unpacked} of ${budget.unpacked})`);
if (size() > budget.kept || unpacked > budget.unpacked) {
	console.error('dist is over its budget: leave something out, or make it smaller');
	process.exit(1);
}
