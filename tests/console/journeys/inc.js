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

/* Decides of the first action, by a code, in a role; a code is good once: the next one is one ahead. */
async function prove(page, state, who, button, role, ahead = 0) {
	const dialog = page.locator('dialog[open]');
	await page.locator('.action').first().getByRole('button', { name: button, exact: true }).click();
	if (role) await dialog.locator('select').selectOption(role);
	await dialog.locator('input[autocomplete="one-time-code"]').fill(codeOf(state, who, ahead));
	await dialog.locator('button[type="submit"]').click();
	await dialog.waitFor({ state: 'detached' }).catch(async (e) => {
		throw new Error(`${who}: ${(await dialog.locator('.problem').textContent().catch(() => '')) || e.message}`);
	});
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
		await decide(lead, /^Propose: Take off the network: Air-handling unit 05/, 'it is steered from outside');
		await lead.locator('.action .effect').first().waitFor();
		await sound(lead, 'Incident with an action');
		await picture(lead, 'action');
		await engineer.goto(at(incident()));
		await engineer.locator('.action').first().waitFor();
		await prove(engineer, state, 's-rinaldi', 'Approve');
		await lead.locator('.action h3', { hasText: 'one more is needed' }).waitFor();
		await prove(lead, state, 'g-ferrero', 'Approve', 'medical-director');
		await lead.locator('.action h3', { hasText: 'the ward is asked' }).waitFor();
		assert.equal(await engineer.locator('.action h3', { hasText: ': done' }).count(), 0, 'not before the ward has answered');
		await prove(lead, state, 'g-ferrero', 'No patient depends on it', 'medical-director', 1);
		await engineer.locator('.action h3', { hasText: 'done' }).waitFor();
	});
	await engineer?.context().close();
}
