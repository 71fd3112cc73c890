/* What was recorded of the incident, for a reason; a camera from the plan; with whom a device talked; and a merge that is taken
 * back later, from the history. */
import assert from 'node:assert/strict';
import { report } from './inc.js';

const FLOW_MS = 180_000;

export async function sight({ journey, lead, at, incident, sound, picture }) {
	await journey('events and flows of the incident are read for a reason, and name no person', async () => {
		await lead.goto(at(incident()));
		const part = lead.locator('.recorded');
		await part.getByRole('button', { name: 'Events', exact: true }).click();
		await lead.locator('dialog[open] textarea').fill('who opened the door?');
		await lead.locator('dialog[open] button[type="submit"]').click();
		const granted = part.locator('tr', { hasText: 'door.granted' });
		await granted.first().getByRole('button').click();
		await part.locator('.raw', { hasText: '(a person, left out)' }).waitFor();
		assert.doesNotMatch(await part.textContent(), /p-[a-z2-7]{16}/);
		await part.locator('input[type="search"]').fill('bacnet write');
		await granted.first().waitFor({ state: 'detached' });
		await sound(lead, 'events of an incident');
		await part.getByRole('button', { name: 'Flows', exact: true }).click();
		/* told of when it ended, and the page asks with each minute */
		await part.locator('tr', { hasText: 'Building-management supervisor' }).first().waitFor({ timeout: FLOW_MS });
		await sound(lead, 'flows of an incident');
		await picture(lead, 'flows');
		await lead.locator('.event-decision', { hasText: 'who opened the door?' }).waitFor();
	});

	await journey('from the plan to a camera, and with whom a device talked', async () => {
		await lead.goto(at('/now?floor=au'));
		await lead.locator('.plan-camera').first().focus();
		await lead.keyboard.press('Enter');
		await lead.waitForURL(/\/camera\//);
		await lead.locator('.cam-found summary').click();
		await lead.locator('.where-part .room.here').waitFor();
		await lead.goto(at('/assets/ahu-05'));
		await lead.locator('.peers a', { hasText: 'Building-management supervisor' }).waitFor({ timeout: FLOW_MS });
		await sound(lead, 'a device and its peers');
	});

	await journey('a merge is taken back from the history, long after', async () => {
		const violent = lead.locator('.entry', { hasText: 'Violence' });
		await lead.goto(at('/now'));
		/* places of no other journey: there it would join what was dismissed */
		for (const place of ['b1-corridor', 'cu-corridor']) await report(lead, place, 'violence');
		await violent.filter({ hasText: 'Ward corridor B1' }).waitFor();
		await violent.filter({ hasText: 'Service corridor CU' }).waitFor();
		await violent.filter({ hasText: 'Ward corridor B1' }).locator('[data-entry]').click();
		await lead.getByRole('button', { name: 'Merge', exact: true }).click();
		const other = lead.locator('dialog[open] option', { hasText: 'Service corridor CU' });
		await lead.locator('dialog[open] select').first().selectOption(await other.first().getAttribute('value'));
		await lead.locator('dialog[open] button[type="submit"]').click();
		await lead.locator('dialog[open]').waitFor({ state: 'detached' });
		await lead.goto(at('/now')); /* the offer of the moment is gone with the page */
		await violent.filter({ hasText: '2 signs' }).locator('[data-entry]').click();
		const merged = lead.locator('.event-decision', { hasText: 'Merged' });
		await merged.getByRole('button', { name: /^Undo/ }).click();
		await sound(lead, 'a history with what can be taken back');
		await lead.locator('dialog[open] button[type="submit"]').click();
		await lead.locator('.event-decision', { hasText: 'Split' }).waitFor();
		await lead.goto(at('/now'));
		await violent.filter({ hasText: '2 signs' }).waitFor({ state: 'detached' });
	});
}
