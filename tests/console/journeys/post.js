/* A post that several share: how a device becomes one, and two persons at it with a photo each. */
import assert from 'node:assert/strict';
import { DESK, PHONE, inside, lock, person, wrong } from '../browser.js';
import { count } from './outbox.js';

/* Whoever was asked for a proof a while ago is asked again. */
export async function proved(page, password, then) {
	const dialog = page.locator('dialog[open] #proof');
	await Promise.race([dialog.waitFor(), then.waitFor()]);
	if (await dialog.count()) {
		await dialog.fill(password);
		await page.getByRole('button', { name: 'It is me' }).click();
	}
	await then.waitFor();
}

/* A link of a device, from who administers. */
export async function linkOf(lead, at, password, name, limit) {
	await lead.goto(at('/people'));
	await lead.locator('#device-name').fill(name);
	await lead.locator('.device-form select').first().selectOption(limit);
	await lead.getByRole('button', { name: 'Make a link' }).click();
	const link = lead.locator('.told .secret');
	await proved(lead, password, link);
	return (await link.textContent()).trim();
}

const PIN = '480215';

/* Somebody's first sign-in on a phone of their own, where they set the PIN for the post. */
async function first(browser, url, lead, at, name, password) {
	await lead.goto(at('/people'));
	await lead.getByRole('button', { name: new RegExp(name) }).first().click();
	await proved(lead, password, lead.locator('.one-time'));
	const phone = await person(browser, url, name, PHONE);
	await phone.goto(at(`/#code=${(await lead.locator('.one-time').textContent()).trim()}`));
	await phone.locator('#code').waitFor();
	await phone.locator('form .button.primary').click();
	const fields = phone.locator('input[type="password"]');
	await fields.first().waitFor();
	for (let i = 0; i < (await fields.count()); i++) await fields.nth(i).fill(password);
	await phone.locator('form .button.primary').click();
	await phone.locator('.frame main').waitFor();
	await phone.goto(at('/account'));
	await phone.locator('#pin').fill(PIN);
	await phone.getByRole('button', { name: 'Set PIN' }).click();
	await proved(phone, password, phone.getByText('You have a PIN'));
	await phone.context().close();
}

async function signIn(page, id, password) {
	await page.locator('#person').fill(id);
	await page.locator('#password').fill(password);
	await page.getByRole('button', { name: 'Sign in', exact: true }).click();
	await inside(page);
}

async function report(page, what, photo) {
	await page.locator('.rail a[href="/report"]').first().click(); /* within the page: what is under way goes on */
	const picker = page.locator('.picker input'), chosen = page.locator('.report .chosen'); /* by who was here before */
	await picker.or(chosen).first().waitFor();
	if (await picker.count()) {
		await picker.fill('server room 1');
		await page.locator('.picks button').first().click();
	}
	await page.locator('.kinds button', { hasText: 'Device' }).click();
	await page.locator('.report form textarea').fill(what);
	await page.locator('form input[type="file"]').setInputFiles(photo);
	await page.locator('.rep-photo img').waitFor();
	await page.locator('.report form button[type="submit"]').click();
}

/* What one was answered too late is not shown to the next, and ends nothing of theirs. id: who sees more than a guard. */
async function tooLate(browser, url, link, id, password) {
	const post = await person(browser, url, 'post', { ...DESK, serviceWorkers: 'block' }); /* else it asks, out of reach of what holds */
	await post.goto(link);
	await signIn(post, 'm-gallo', password); /* whom the post knows from here on */
	await lock(post);
	await post.getByRole('button', { name: 'Somebody else' }).click();
	await signIn(post, id, password);
	await post.goto(new URL('/now', url).href);
	await inside(post);
	const held = [];
	let lets, holds = true;
	const gone = new Promise((done) => { lets = done; });
	for (const path of ['/now', '/search?q=pump']) {
		const said = await post.evaluate((of) => fetch(`/api/v1${of}`).then((r) => r.text()), path);
		await post.route((u) => u.href.includes(`/api/v1${path}`), async (route) => {
			if (!holds) return route.continue();
			held.push(path);
			await gone;
			return route.fulfill({ json: JSON.parse(said.replaceAll(/"(sentence|name)":"/g, '$&Too late: ')) })
				.catch(() => {}); /* the page waits for it no more */
		});
	}
	await post.evaluate(() => new BroadcastChannel('ward').postMessage({ change: { row: 1, kind: 'incident', id: '', incidents: [] } }));
	await post.locator('#search').fill('pump');
	for (let i = 0; held.length < 2; i++) {
		assert.ok(i < 2000, `not asked: ${held}`);
		await post.waitForTimeout(20);
	}
	holds = false;
	await lock(post);
	await post.getByRole('button', { name: 'Marco Gallo' }).click();
	await post.locator('#door-pin').fill(PIN);
	const own = post.waitForResponse((r) => r.url().endsWith('/now'));
	await post.keyboard.press('Enter');
	await inside(post);
	await (await own).finished();
	const late = post.waitForResponse((r) => r.url().endsWith('/now'));
	lets();
	await (await late).finished();
	/* a stream of who was before them, which ended, is theirs alone */
	await post.evaluate(() => new BroadcastChannel('ward').postMessage({ over: 'of somebody else' }));
	await post.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
	assert.equal(await post.getByText('Too late').count(), 0, 'the next person sees what the one before was answered');
	assert.equal(await post.locator('#search').inputValue(), '', 'the next person finds what the one before looked for');
	await inside(post);
	assert.match(await post.locator('.account').textContent(), /Marco Gallo/);
	await post.context().close();
	[...wrong].filter((w) => w.includes('registration blocked by Playwright')).forEach((w) => wrong.delete(w)); /* asked for */
}

/* What waits in this browser, and whose it is. */
const waits = (page) => page.evaluate(() => new Promise((done) => {
	indexedDB.open('ward-outbox').onsuccess = (e) => {
		e.target.result.transaction('waiting').objectStore('waiting').getAll().onsuccess = (all) => {
			e.target.result.close();
			done(all.target.result.map((w) => ({ person: w.person, text: w.decision.text, photo: w.photo instanceof Blob, over: w.refused ?? w.unkept })));
		};
	};
}));

/* How many answers the service worker keeps for when the link is lost. */
const answers = (page) => page.evaluate(async () => (await caches.has('ward-state')) ? (await (await caches.open('ward-state')).keys()).length : 0);

/* One hands in a photo, and leaves the post with it half sent; the next hands in another from there. lead: signed in as `id`. */
export async function race({ browser, url, lead, id, password, photo, sound }) {
	const at = (path) => new URL(path, url).href;
	await first(browser, url, lead, at, 'Marco Gallo', password);
	const post = await person(browser, url, 'post', DESK);
	await post.goto(await linkOf(lead, at, password, 'Gate', 'all'));
	await signIn(post, 'm-gallo', password);

	let go, held;
	const gone = new Promise((done) => { go = done; });
	const begun = new Promise((done) => { held = done; });
	await post.route(/\/reports\/[^/]*\/photo\?/, async (route) => {
		if (!/[?&]off=0(&|$)/.test(route.request().url()) && go) {
			held();
			await gone;
		}
		await route.continue();
	});
	await report(post, 'the first', photo);
	await begun;
	assert.ok(await answers(post) > 0, 'nothing is kept for an outage');
	await lock(post);
	for (let i = 0; (await answers(post)) > 0; i++) assert.ok(i < 2000, 'what one was answered is kept for the next');
	await post.getByRole('button', { name: 'Somebody else' }).click();
	await signIn(post, id, password);
	assert.equal(await post.locator('.report').count(), 1, 'the view is another one');
	assert.equal(await post.locator('.outbox li').count(), 0, 'who is here sees what others sent');
	await report(post, 'the second', photo);
	const answer = post.waitForResponse((r) => r.url().includes('/photo?') && !/[?&]off=0(&|$)/.test(r.url()));
	go();
	assert.ok([401, 403].includes((await answer).status()), 'a piece of the one counts as the other\'s');
	await post.locator('.outbox', { hasText: 'Ward has it' }).waitFor();
	assert.deepEqual(await waits(post), [{ person: 'm-gallo', text: 'the first', photo: true, over: undefined }]);
	await sound(post, 'a post with what waits for somebody else');

	await lock(post);
	await post.getByRole('button', { name: 'Marco Gallo' }).click();
	await post.locator('#door-pin').fill(PIN);
	await post.keyboard.press('Enter');
	await inside(post);
	for (let i = 0; (await count(post, 'waiting')) > 0; i++) assert.ok(i < 2000, 'the photo is not handed in by who took it');
	await post.locator('.rail a[href="/report"]').first().click();
	await post.locator('.reported', { hasText: 'the first' }).locator('.own-photo').waitFor();
	assert.equal(await count(post, 'own'), 1, 'a copy of somebody else\'s photo is kept');
	await post.context().close();
	const kept = await lead.evaluate(async () => (await (await fetch('/api/v1/reports')).json()).items.map((r) => [r.text, r.photos.length, r.own]));
	for (const [text, own] of [['the first', false], ['the second', true]])
		assert.deepEqual(kept.filter((r) => r[0].includes(text)).map((r) => r.slice(1)), [[1, own]], text);
	await tooLate(browser, url, await linkOf(lead, at, password, 'Hall', 'all'), id, password);
}
