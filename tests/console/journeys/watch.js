/* A post changes hands: what was written down, the sheet with the open incident, accepted by name on a phone; then what watches
 * the hospital, and what those who answer for personal data see. */
import assert from 'node:assert/strict';

export async function watch({ journey, lead, guard, at, sound, picture, claim, codeFor, person, browser, address, DESK }) {
	const done = (page) => page.locator('dialog[open]').waitFor({ state: 'detached' });
	const yes = async (page) => {
		await page.locator('dialog[open] button[type="submit"]').click();
		await done(page);
	};

	await journey('a post is handed over mid-incident, and accepted by name', async () => {
		await lead.goto(at('/watch?post=guard-room'));
		await lead.getByRole('button', { name: 'Take over' }).click();
		await yes(lead);
		await lead.locator('.post-head', { hasText: 'Giulia Ferrero' }).waitFor();
		await lead.locator('.new-entry .choice', { hasText: 'Key' }).click();
		await lead.locator('.new-entry input[autocomplete]').fill('key 14 to the painter');
		await lead.locator('.new-entry button[type="submit"]').click();
		await lead.locator('.still-open', { hasText: 'key 14' }).first().waitFor();
		await lead.getByRole('button', { name: 'Hand over' }).click();
		await lead.locator('dialog[open] .sheet a[href^="/incidents/"]').first().waitFor();
		await lead.locator('dialog[open] textarea').fill('the painter comes back at six');
		await sound(lead, 'the sheet of a hand-over');
		await picture(lead, 'sheet');
		await yes(lead);
		await lead.locator('.not-taken').first().waitFor();
		await guard.goto(at('/watch?post=guard-room'));
		await guard.getByRole('button', { name: 'Accept', exact: true }).click();
		await guard.locator('dialog[open]', { hasText: 'key 14' }).waitFor();
		await sound(guard, 'a hand-over on a phone');
		await yes(guard);
		await lead.locator('.done', { hasText: 'Marco Gallo' }).first().waitFor();
		await sound(lead, 'Watch');
		await picture(lead, 'watch');
		await sound(guard, 'Watch on a phone');
	});

	await journey('what watches the hospital, and whether it works', async () => {
		await lead.goto(at('/state'));
		await lead.locator('main h2').nth(1).waitFor();
		await sound(lead, 'State');
		await picture(lead, 'state');
	});

	await journey('who answers for personal data sees who decided, and no incident', async () => {
		const officer = await person(browser, address, 'data protection officer', DESK);
		await claim(officer, await codeFor('Elena Romano'));
		await officer.waitForURL(/\/privacy$/);
		await officer.locator('main h2').nth(1).waitFor();
		await officer.getByText('Giulia Ferrero').first().waitFor();
		await sound(officer, 'Privacy and law');
		await picture(officer, 'privacy');
		assert.equal(await officer.locator('.rail a[href="/now"]').count(), 0);
		await officer.context().close();
	});
}
