/* Firefox as Debian has it, driven by the protocol that is built into it (Marionette: lines of "LENGTH:[type, id, …]"),
 * so that nothing has to be fetched. Its own windows can be asked, too: they know what was wrong on a page. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'; /* the name that WebDriver gives a reference to an element */
const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

const PREFERENCES = {
	'marionette.port': 0, /* any that is free: told in MarionetteActivePort */
	'app.update.disabledForTesting': true,
	'browser.shell.checkDefaultBrowser': false,
	'browser.startup.homepage_override.mstone': 'ignore',
	'browser.dom.window.dump.enabled': true,
	'datareporting.policy.dataSubmissionEnabled': false,
	'devtools.console.stdout.content': true, /* what pages log, on standard output */
	'intl.accept_languages': 'en-GB',
	'network.captive-portal-service.enabled': false,
	'network.connectivity-service.enabled': false,
	'services.settings.server': 'data:,', /* asks its maker for nothing */
	'toolkit.telemetry.server': 'data:,',
	'ui.prefersReducedMotion': 1,
};

const pause = () => new Promise((done) => setTimeout(done, LOOK_MS));

/* Looks until there is something; what it then is. */
export async function until(what, look, patience = PATIENCE_MS) {
	for (const from = Date.now(); Date.now() - from < patience; await pause()) {
		const found = await look();
		if (found) return found;
	}
	throw new Error(`not seen within ${patience / 1000} s: ${what}`);
}

class Marionette {
	#socket; #rest = Buffer.alloc(0); #waits = new Map(); #id = 0;

	constructor(socket, greeted) {
		this.#socket = socket;
		socket.on('data', (bytes) => {
			this.#rest = Buffer.concat([this.#rest, bytes]);
			for (let colon; (colon = this.#rest.indexOf(':')) > 0;) {
				const end = colon + 1 + Number(this.#rest.subarray(0, colon));
				if (this.#rest.length < end) return;
				const said = JSON.parse(this.#rest.subarray(colon + 1, end));
				this.#rest = this.#rest.subarray(end);
				if (!Array.isArray(said)) greeted();
				else this.#answer(said);
			}
		});
		socket.on('close', () => this.#waits.forEach((w) => w.reject(new Error('Firefox is gone'))));
		socket.on('error', () => {});
	}

	#answer([, id, error, result]) {
		const wait = this.#waits.get(id);
		this.#waits.delete(id);
		if (error) wait.reject(Object.assign(new Error(`${error.error}: ${error.message}`), { kind: error.error }));
		else wait.resolve(result);
	}

	ask(name, parameters = {}) {
		const id = ++this.#id;
		const text = JSON.stringify([0, id, name, parameters]);
		this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
		return new Promise((resolve, reject) => this.#waits.set(id, { resolve, reject }));
	}
}

/* A page in Firefox: what is asked for is waited for. */
class Page {
	constructor(marionette) { this.marionette = marionette; }

	async ask(name, parameters) { return this.marionette.ask(name, parameters); }

	async goto(url) { await this.ask('WebDriver:Navigate', { url }); }

	/* A function's source runs in the page, its result comes back as JSON. */
	async run(f, ...args) {
		return (await this.ask('WebDriver:ExecuteScript', { script: `return (${f})(...arguments);`, args, newSandbox: false })).value;
	}

	/* As `run`, in Firefox's own window. */
	async inFirefox(f, ...args) {
		await this.ask('Marionette:SetContext', { value: 'chrome' });
		try {
			return await this.run(f, ...args);
		} finally {
			await this.ask('Marionette:SetContext', { value: 'content' });
		}
	}

	/* The elements of a selector; with `text`, those whose words have it. */
	async all(css, text = '') {
		return this.run((s, t) => [...document.querySelectorAll(s)].filter((e) => e.textContent.includes(t)), css, text);
	}

	async first(css, text = '', patience = PATIENCE_MS) {
		return (await until(`${css} ${text}`, async () => {
			const found = await this.all(css, text);
			return found.length && found;
		}, patience))[0];
	}

	async gone(css, text = '') { await until(`the end of ${css} ${text}`, async () => !(await this.all(css, text)).length); }

	/* Tries again while the page draws it anew, or something lies over it, as a person would. */
	async #with(css, text, act) {
		const again = ['stale element reference', 'element click intercepted', 'element not interactable'];
		let last = '';
		await until(`${css} ${text}, to be used`, async () => {
			const id = (await this.first(css, text))[ELEMENT];
			return act(id).then(() => true, (e) => {
				if (!again.includes(e.kind)) throw e;
				last = e.message;
				/* In the window, but under a bar that stays: moved as the focus would move it. */
				return this.run((x) => x.scrollIntoView({ block: 'nearest' }), { [ELEMENT]: id }).then(() => false, () => false);
			});
		}).catch((e) => { throw new Error(`${e.message} (${last})`); });
	}

	async click(css, text = '') { await this.#with(css, text, (id) => this.ask('WebDriver:ElementClick', { id })); }

	/* Types over what is there. */
	async fill(css, text) {
		await this.#with(css, '', async (id) => {
			await this.ask('WebDriver:ElementClear', { id });
			await this.ask('WebDriver:ElementSendKeys', { id, text });
		});
	}

	async press(key) { await this.#with('body', '', (id) => this.ask('WebDriver:ElementSendKeys', { id, text: key })); }

	async picture(file) {
		writeFileSync(file, Buffer.from((await this.ask('WebDriver:TakeScreenshot', { full: false })).value, 'base64'));
	}

	/* As wide and high as a device's screen, which no window on a desk can be. */
	async resize(width, height) {
		await this.inFirefox((w, h) => {
			const style = gBrowser.selectedBrowser.style;
			style.maxWidth = style.minWidth = `${w}px`;
			style.maxHeight = style.minHeight = `${h}px`;
		}, width, height);
		await until(`a page of ${width} px`, () => this.run((w) => innerWidth === w, width));
	}
}

/* Firefox with a profile of its own that trusts the authority in the file `ca`: {page, wrong, close}. `wrong` tells what
 * was wrong until now: errors and warnings of pages from `origin`, also of the policy that lets them ask no other host, and
 * what they logged. */
export async function launch(program, origin, ca) {
	const profile = mkdtempSync(join(tmpdir(), 'ward-firefox-'));
	writeFileSync(join(profile, 'user.js'), Object.entries(PREFERENCES)
		.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
	const firefox = spawn(program, ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote', '--profile', profile],
		{ stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, HOME: profile, MOZ_HEADLESS_WIDTH: '1440', MOZ_HEADLESS_HEIGHT: '1000' } });
	process.on('exit', () => firefox.kill('SIGKILL'));
	let logged = '';
	firefox.stdout.on('data', (text) => { logged += text; });
	const ended = new Promise((done) => firefox.on('close', done));
	const told = join(profile, 'MarionetteActivePort');
	await until('Firefox', () => existsSync(told) && readFileSync(told, 'utf8'));
	const socket = connect(Number(readFileSync(told, 'utf8')), '127.0.0.1');
	const marionette = await new Promise((done) => {
		const m = new Marionette(socket, () => done(m));
	});
	const page = new Page(marionette);
	await marionette.ask('WebDriver:NewSession', { capabilities: { alwaysMatch: { pageLoadStrategy: 'normal' } } });
	await page.inFirefox((pem) => {
		const base64 = pem.replace(/-----[^-]*-----|\s/g, '');
		Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB).addCertFromBase64(base64, 'CT,,');
	}, readFileSync(ca, 'utf8'));
	const wrong = async () => {
		const scripts = await page.inFirefox((from) => Services.console.getMessageArray()
			.filter((m) => m instanceof Ci.nsIScriptError && m.sourceName.startsWith(from) && m.errorMessage)
			.map((m) => `${m.errorMessage} (${m.sourceName}:${m.lineNumber})`)
			/* what a page had asked that was left before the answer; a link that is lost shows on the page */
			.filter((text) => !/A ServiceWorker intercepted the request and encountered/.test(text)), origin);
		/* what Firefox itself logs begins with the name of its part: a page's text is quoted */
		const lines = logged.split('\n').filter((line) => /^console\.(error|warn|assert): (?!\w+: )/.test(line));
		return [...new Set([...scripts, ...lines])];
	};
	const close = async () => {
		await marionette.ask('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => {});
		await ended;
		rmSync(profile, { recursive: true, force: true });
	};
	return { page, wrong, close };
}
