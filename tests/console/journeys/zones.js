/* A camera's page: a zone drawn by the keyboard on the empty frame, what is wrong with it, and what it would change. */
import assert from 'node:assert/strict';

export async function zones({ lead, at, sound, picture, DESK }) {
	await lead.goto(at('/state'));
	await lead.getByRole('link', { name: 'zones and picture' }).first().click();
	const row = (name) => lead.locator('.camera table tr', { hasText: name });
	await row('staff-door').waitFor(); /* what is on the file is shown first */
	await lead.getByRole('button', { name: 'New zone' }).click();
	await lead.getByLabel('Name', { exact: true }).fill('by-the-door');
	await lead.getByRole('button', { name: /^Corner 1: 30 %, 40 %/ }).focus();
	await lead.keyboard.press('ArrowLeft');
	await lead.getByRole('button', { name: /^Corner 1: 29 %, 40 %/ }).waitFor();
	await lead.getByLabel('Corners 2 x').fill('81.5');
	await lead.getByRole('button', { name: /^Corner 2: 81.5 %, 40 %/ }).waitFor();
	await lead.keyboard.press('Tab');
	await lead.getByRole('button', { name: 'Undo', exact: true }).click();
	assert.match(await row('by-the-door').textContent(), /29\/40 /);
	await sound(lead, 'Camera');
	await picture(lead, 'camera');
	/* two of one name */
	await lead.getByRole('button', { name: 'New zone' }).click();
	await lead.getByLabel('Name', { exact: true }).fill('by-the-door');
	await lead.getByLabel(/^Why\?/).fill('a zone by the door');
	await lead.getByRole('button', { name: /^Check/ }).click();
	await lead.locator('.findings', { hasText: 'a zone of this id is there already' }).waitFor();
	await lead.getByLabel('Name', { exact: true }).fill('beyond');
	await lead.getByRole('button', { name: /^Check/ }).click();
	await lead.locator('.proposal .in', { hasText: 'id: by-the-door' }).waitFor();
	assert.equal(await lead.locator('.proposal .out').count(), 0); /* the line of the file is as it was */
	await lead.getByRole('button', { name: 'Leave it' }).click();
	await lead.setViewportSize({ width: 360, height: 740 });
	await sound(lead, 'Camera on a phone');
	await lead.setViewportSize(DESK.viewport);
}
