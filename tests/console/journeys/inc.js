/* What people do with incidents together: an action that a second person approves. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DESK, person, sound } from '../browser.js';

/* The code of whoever has no authenticator but that of the exercise (RFC 6238). */
function codeOf(state, who, ahead) {
	const digits = readFileSync(join(state, 'codes', who), 'utf8').trim();
	let bits = '';
	for (const c of digits) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0');
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const at = Buffer.alloc(8);
	at.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
	const h = createHmac('sha1', key).update(at).digest();
	return String((h.readUInt32BE(h[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/* Decides of the first action, by a code; a code is good once: the next one is one ahead. */
async function prove(page, state, who, button, ahead = 0) {
	const dialog = page.locator('dialog[open]');
	await page.locator('.action').first().getByRole('button', { name: button, exact: true }).click();
	await dialog.locator('input[autocomplete="one-time-code"]').fill(codeOf(state, who, ahead));
	await dialog.locator('button[type="submit"]').click();
	await dialog.waitFor({ state: 'detached' }).catch(async (e) => {
		throw new Error(`${who}: ${(await dialog.locator('.problem').textContent().catch(() => '')) || e.message}`);
	});
}

/* As the page of reports sends it, from whichever view. */
export async function report(page, place, kind) {
	const status = await page.evaluate(async ([subject, what]) => {
		const { csrf } = await (await fetch('/api/v1/session')).json();
		const r = await fetch('/api/v1/decisions', {
			method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Ward-Token': csrf },
			body: JSON.stringify({ id: crypto.randomUUID(), kind: 'report', subject, text: 'a drill', args: { report: what } }),
		});
		return `${r.status} ${await r.text()}`;
	}, [place, kind]);
	assert.match(status, /^200/);
}

export async function incidents({ journey, browser, address, at, lead, incident, enter, claim, codeFor, decide, picture }) {
	const state = process.env.WARD_STATE;
	let engineer;

	if (state) await journey('an action is proposed, and done once a second person agrees', async () => {
		engineer = await person(browser, address, 'engineer', DESK);
		await engineer.goto(at('/now'));
		await enter(engineer, 's-rinaldi').catch(async () => claim(engineer, await codeFor('Sara Rinaldi')));
		await lead.goto(at(incident()));
		await lead.locator('.can summary').click();
		await sound(lead, 'Incident with what can be proposed');
		await lead.getByRole('button', { name: /^Propose: Take off the network: unknown host 02:77:19:c3:5a:0e/ }).waitFor();
		await decide(lead, /^Propose: Take off the network: Air-handling unit 05/, 'it is steered from outside');
		await lead.locator('.action .effect').first().waitFor();
		await sound(lead, 'Incident with an action');
		await picture(lead, 'action');
		await engineer.goto(at(incident()));
		await engineer.locator('.action').first().waitFor();
		await prove(engineer, state, 's-rinaldi', 'Approve');
		await lead.locator('.action h3', { hasText: 'one more is needed' }).waitFor();
		await prove(lead, state, 'g-ferrero', 'Approve'); /* of her roles, as the only one that may */
		await lead.locator('.action h3', { hasText: 'the ward is asked' }).waitFor();
		assert.equal(await engineer.locator('.action h3', { hasText: ': done' }).count(), 0, 'not before the ward has answered');
		await prove(lead, state, 'g-ferrero', 'No patient depends on it', 1);
		await engineer.locator('.action h3', { hasText: 'done' }).waitFor();
	});
	await journey('handed over, and taken by whom it was handed to', async () => {
		engineer ??= await person(browser, address, 'engineer', DESK);
		await engineer.goto(at(incident()));
		await lead.goto(at(incident()));
		await lead.getByRole('button', { name: 'Hand over', exact: true }).click();
		await lead.locator('dialog[open] select').first().selectOption('facility-engineer');
		await sound(lead, 'the dialog of a hand-over');
		await lead.locator('dialog[open] button[type="submit"]').click();
		await engineer.locator('.inc-head', { hasText: 'Building engineer on call asked since' }).waitFor();
		await decide(engineer, 'I take it');
		await lead.locator('.inc-taken', { hasText: 'Building engineer on call' }).waitFor();
		await lead.locator('.inc-head .warned').waitFor({ state: 'detached' });
	});

	const places = ['c3-plant', 'bu-plant'];
	const card = (page, what) => page.locator('.entry', { hasText: what });
	await journey('several are dismissed at once, and that is undone', async () => {
		await lead.goto(at('/now'));
		for (const place of places) await report(lead, place, 'violence');
		await card(lead, 'Violence').nth(1).waitFor();
		const hers = card(lead, 'Violence').locator('.pick');
		await hers.first().click();
		await hers.nth(1).click({ modifiers: ['Shift'] });
		await lead.locator('.bulk').waitFor();
		await sound(lead, 'Now with several chosen');
		await picture(lead, 'bulk');
		await decide(lead, 'Dismiss', 'a drill');
		await card(lead, 'Violence').first().waitFor({ state: 'detached' });
		await lead.locator('.undo').getByRole('button', { name: 'Undo' }).click();
		await card(lead, 'Violence').nth(1).waitFor();
	});

	await journey('two become one, and that is undone', async () => {
		await card(lead, 'Violence').first().locator('[data-entry]').click();
		await lead.locator('.decide').waitFor();
		const merge = async () => {
			await lead.getByRole('button', { name: 'Merge', exact: true }).click();
			const other = lead.locator('dialog[open] option', { hasText: 'Violence' });
			await lead.locator('dialog[open] select').first().selectOption(await other.first().getAttribute('value'));
			await lead.locator('dialog[open] button[type="submit"]').click();
			await lead.locator('.rail a').first().click();
			await card(lead, '2 signs').waitFor();
			assert.equal(await card(lead, 'Violence').count(), 1);
		};
		await merge();
		await lead.locator('.undo').getByRole('button', { name: 'Undo' }).click();
		await card(lead, 'Violence').nth(1).waitFor();
		await card(lead, 'Violence').first().locator('[data-entry]').click();
		await merge();
	});

	await journey('dismissed with a filter, the same opens nothing until it is lifted', async () => {
		await card(lead, 'Violence').first().locator('[data-entry]').click();
		const page = lead.url();
		await lead.locator('.decide').waitFor();
		await lead.getByRole('button', { name: 'Dismiss', exact: true }).click();
		const dialog = lead.locator('dialog[open]');
		await dialog.locator('.tune input').first().waitFor(); /* what could be held back is asked for first */
		for (const box of await dialog.locator('.tune input').all()) await box.check();
		await dialog.locator('textarea').fill('the same drill');
		await sound(lead, 'the dialog of a dismissal');
		await picture(lead, 'tune');
		await dialog.locator('button[type="submit"]').click();
		await lead.locator('.inc-tags', { hasText: 'Dismissed' }).waitFor();
		await lead.locator('.held li').first().waitFor();
		await lead.goto(at('/now'));
		await report(lead, places[0], 'violence');
		await report(lead, 'b3-corridor', 'violence'); /* comes later, and is told: so the other one is not */
		await card(lead, 'Violence').first().waitFor();
		assert.equal(await card(lead, 'Violence').count(), 1);
		await lead.goto(page);
		while (await lead.locator('.held li').count()) {
			const n = await lead.locator('.held li').count();
			await lead.locator('.held li button').first().click();
			await lead.waitForFunction((k) => document.querySelectorAll('.held li').length < k, n);
		}
	});
	await engineer?.context().close();
}
