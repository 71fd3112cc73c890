/* What is kept beyond its time, and under which pseudonyms: an incident is held and released, a key is made anew, once. */
import assert from 'node:assert/strict';

/* officer: on the page of an incident's clocks. */
export async function kept({ officer, at, sound, picture }) {
	const dialog = officer.locator('dialog[open]');
	const holds = officer.locator('.holds');
	const button = (name) => officer.getByRole('button', { name, exact: true });
	await holds.getByText('Nothing of it is held').waitFor();
	await holds.getByRole('button', { name: 'Hold' }).click();
	await dialog.locator('textarea').fill('the court asks for it');
	await dialog.getByLabel('Until').fill('2027-06-30');
	assert.match(await dialog.getByLabel('Recorded from').inputValue(), /^\d{4}-\d\d-\d\d$/, 'from its first day on');
	await sound(officer, 'an incident is to be held');
	await dialog.getByRole('button', { name: 'Hold' }).click();
	await holds.getByText(/Until Jun 30, 2027.*the court asks for it|Until 30 Jun 2027.*the court asks for it/).waitFor();
	await holds.scrollIntoViewIfNeeded();
	await picture(officer, 'hold');
	await officer.goto(at('/privacy'));
	await officer.getByRole('link', { name: /^incident / }).click();
	await holds.getByRole('button', { name: 'Release' }).click();
	await dialog.locator('textarea').fill('the court has it');
	await dialog.locator('button[type="submit"]').click();
	await holds.getByText('Nothing of it is held').waitFor();
	await officer.goto(at('/privacy'));
	await button('Make a new key').click();
	await dialog.locator('textarea').fill('somebody may know it');
	await sound(officer, 'a key is to be made');
	await dialog.locator('button[type="submit"]').dblclick();
	await officer.getByText('A new key is in use.').waitFor();
	await officer.getByText('somebody may know it').first().waitFor();
	assert.equal(await officer.locator('tr', { hasText: 'somebody may know it' }).count(), 1, 'a double click decides twice');
}
