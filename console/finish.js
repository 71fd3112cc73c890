/* After vite: the list of files that the service worker keeps, written into sw.js. Fails over the
 * budget. The server packs the texts itself. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const dist = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, 'dist');
const budget = 300 * 1024;

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

const total = walk(dist).reduce((n, f) => n + statSync(f).size, 0);
console.log(`dist: ${Math.ceil(total / 1024)} KiB of ${budget / 1024}`);
if (total > budget) {
	console.error('dist is over its budget: leave something out, or load it from a file of its own that is smaller');
	process.exit(1);
}
