/* The configuration is changed in a page: what hides in a text is shown before somebody takes it, and what was typed stays. Nothing is
 * taken: that Ward begins anew with it is the end-to-end test's. */
import assert from 'node:assert/strict';

export async function config({ journey, lead, at, sound }) {
	await journey('a change of the configuration shows what hides in it', async () => {
		await lead.goto(at('/config?file=README.md'));
		const text = lead.locator('.config textarea');
		await text.waitFor();
		const typed = `${await text.inputValue()}x \u202e<img src=x onerror=alert(1)>\u200b\n`;
		await text.fill(typed);
		await lead.locator('.config form input').first().fill('a trial');
		await lead.getByRole('button', { name: 'Check and show what it changes' }).click();
		await lead.locator('.proposal .diff .in', { hasText: 'x \\u{202e}<img src=x onerror=alert(1)>\\u{200b}' }).waitFor();
		await sound(lead, 'a proposal');
		await lead.getByRole('button', { name: 'Leave it' }).click();
		await lead.locator('.proposal').waitFor({ state: 'detached' });
		assert.equal(await text.inputValue(), typed, 'what was typed stays');
	});
}
