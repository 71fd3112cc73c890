/* A hospital that Ward knows nothing of yet: `ward run --new` on a folder that is not there. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WAIT_MS = 60_000;

export async function until(what, test, ms = WAIT_MS) {
	for (const end = Date.now() + ms; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
		const got = await test();
		if (got) return got;
	}
	assert.fail(`waited in vain: ${what}`);
}

export class Hospital {
	constructor(ward, answers) {
		this.ward = ward;
		this.tmp = mkdtempSync(join(tmpdir(), 'ward-'));
		chmodSync(this.tmp, 0o755);
		this.folder = join(this.tmp, 'hospital');
		writeFileSync(join(this.tmp, 'answers'), Object.entries(answers).map(([k, v]) => `${k}: ${v}\n`).join(''));
		writeFileSync(this.out, '');
	}

	get out() {
		return join(this.tmp, 'out');
	}

	/* The address of the console with the one-time code, as the terminal says it. */
	async start() {
		this.run = spawn(this.ward, ['run', '--new', '--answers', join(this.tmp, 'answers'), '--console', '127.0.0.1:0',
			'--state', join(this.tmp, 'state'), this.folder], { stdio: ['ignore', 'pipe', 'pipe'] });
		for (const s of [this.run.stdout, this.run.stderr]) s.pipe(createWriteStream(this.out, { flags: 'a' }));
		const code = await until('an address with a one-time code in the terminal', () => {
			assert.equal(this.run.exitCode, null, this.said);
			return /https:\S*#code=\S+/.exec(this.said);
		});
		return new URL(code[0]);
	}

	get said() {
		return readFileSync(this.out, 'utf8');
	}

	/* How often Ward began with a version of its directory. */
	get versions() {
		return this.said.match(/https:\/\/\S+/g).length; /* each says where the console is */
	}

	file(name) {
		return readFileSync(join(this.folder, name), 'utf8');
	}

	async end() {
		const ended = new Promise((done) => this.run.once('exit', done));
		this.run.kill('SIGINT');
		const late = setTimeout(() => this.run.kill('SIGKILL'), WAIT_MS);
		const code = this.run.exitCode ?? await ended;
		clearTimeout(late);
		assert.equal(code, 0, this.said);
		rmSync(this.tmp, { recursive: true, force: true });
	}
}
