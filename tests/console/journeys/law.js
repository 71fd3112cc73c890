/* The law's clocks of an incident on a phone: from the list of all that is open to the incident, what speaks for its being
 * significant, decided by name; a report that could not be sent, then was, and what changed since. */
import assert from 'node:assert/strict';

export async function law({ journey, officer, at, sound, picture }) {
	const saved = async (button, text) => {
		await button.click();
		const dialog = officer.locator('dialog[open]');
		await dialog.locator('textarea').first().fill(text);
		await dialog.locator('button[type="submit"]').click();
		await dialog.waitFor({ state: 'detached' });
	};

	await journey('the law on a phone: significance decided by name, a report tried, sent, and other since', async () => {
		await officer.goto(at('/law'));
		await officer.locator('.law-clock a').first().waitFor();
		await sound(officer, 'Clocks of all incidents on a phone');
		await picture(officer, 'law-all-phone');
		await officer.locator('.law-clock a').first().click();
		const judge = officer.locator('.law-judge').first();
		await judge.getByText(/Ward proposes: likely|On record nothing/).waitFor();
		assert.match(await judge.locator('li', { hasText: 'longer than can be borne' }).textContent(), /counts from 60 on/);
		await saved(judge.locator('.law-answers').first().getByRole('button', { name: 'Yes' }), 'two theatres are out');
		await judge.getByText('Decided: Yes').waitFor();
		await judge.getByText(/Elena Romano.*two theatres are out/).waitFor();
		const early = officer.locator('.law-clock', { hasText: 'pre-notification' }).first();
		await saved(early.getByRole('button', { name: 'Could not be sent' }), 'the portal does not answer');
		await early.getByText('Tried 1 time').waitFor();
		await saved(early.getByRole('button', { name: 'Sent', exact: true }), 'by the portal, at last');
		await officer.locator('.law-steps strong', { hasText: /^Sent/ }).first().waitFor();
		await officer.locator('.law-judge summary').first().click();
		await saved(judge.locator('li', { hasText: 'turned away' }).getByRole('button', { name: 'Yes' }), 'ambulances go elsewhere');
		const update = officer.locator('.law-update', { hasText: 'turned away' });
		await update.waitFor();
		await update.getByText('With: Significant incident: notification').waitFor();
		await sound(officer, 'Clocks of the law on a phone');
		await picture(officer, 'law-phone');
	});
}
