/* A post changes hands: what was written down, the sheet with the open incident, accepted by name on a phone; then what watches
 * the hospital, and what those who answer for personal data see. */
import assert from 'node:assert/strict';
import { kept } from './kept.js';
import { law } from './law.js';
import { rights } from './rights.js';

export async function watch({ journey, incident, lead, guard, at, sound, picture, claim, codeFor, person, browser, address, enter, DESK, PHONE }) {
	const done = (page) => page.locator('dialog[open]').waitFor({ state: 'detached' });
	const yes = async (page) => {
		await page.locator('dialog[open] button[type="submit"]').click();
		await done(page);
	};

	let held = '';
	await journey('works and a filter, of which a hand-over tells', async () => {
		await lead.goto(at('/held'));
		await lead.getByRole('button', { name: 'Make a permit' }).click();
		const dialog = lead.locator('dialog[open]');
		await dialog.locator('select').first().selectOption('au-pumps');
		await dialog.getByLabel('Firm or trade').fill('Fratelli Rosso');
		await dialog.locator('.choices input').first().check();
		await dialog.locator('textarea').fill('a pump is changed');
		await sound(lead, 'a works permit');
		await yes(lead);
		await lead.locator('.held-view li', { hasText: 'Fratelli Rosso' }).waitFor();
		held = await lead.evaluate(async (path) => {
			const { csrf } = await (await fetch('/api/v1/session')).json();
			const { items } = await (await fetch(`/api/v1${path}/tuning`)).json();
			const one = items.find((x) => !x.critical && !x.of_confirmed);
			const until = new Date(Date.now() + 86_400_000).toISOString();
			await fetch('/api/v1/decisions', {
				method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Ward-Token': csrf },
				body: JSON.stringify({ id: crypto.randomUUID(), kind: 'tune', subject: path.split('/').pop(), text: 'known', args: { rule: one.rule, thing: one.on.id, until } }),
			});
			return one.title;
		}, incident());
		await lead.locator('.held li', { hasText: held }).first().waitFor();
		await sound(lead, 'works and filters');
	});

	await journey('a post is handed over mid-incident, and accepted by name', async () => {
		await lead.goto(at('/watch?post=guard-room'));
		await lead.getByRole('button', { name: 'Take over' }).click();
		await yes(lead);
		await lead.locator('.post-head', { hasText: 'Giulia Ferrero' }).waitFor();
		await lead.locator('.new-entry .choice', { hasText: 'Key' }).click();
		await lead.locator('.new-entry input[autocomplete]').fill('key 14 to the painter');
		await lead.locator('.new-entry button[type="submit"]').click();
		await lead.locator('.still-open', { hasText: 'key 14' }).first().waitFor();
		await lead.locator('.new-entry .choice', { hasText: 'Promise' }).click();
		await lead.locator('.new-entry input[autocomplete]').fill('call the ward back');
		await lead.locator('.new-entry button[type="submit"]').click();
		await lead.locator('.still-open', { hasText: 'call the ward back' }).first().waitFor();
		await lead.getByRole('button', { name: 'Hand over' }).click();
		const sheet = lead.locator('dialog[open] .sheet');
		await sheet.locator('a[href^="/incidents/"]').first().waitFor();
		for (const what of ['call the ward back', 'Fratelli Rosso', held]) await sheet.locator('li', { hasText: what }).first().waitFor();
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
		/* since when the hospital knows, by name and with a reason: then the clocks run */
		const due = officer.locator('li.run', { has: officer.locator('.due li') }); /* of another it is not known whether anything is */
		await due.first().getByRole('link', { name: 'Questions and notices' }).click();
		await officer.getByRole('button', { name: 'Say since when the hospital knows' }).click();
		const dialog = officer.locator('dialog[open]');
		await dialog.locator('input[type="datetime-local"]').fill(await officer.evaluate(() => {
			const t = new Date(Date.now() - 120_000);
			return new Date(t.getTime() - t.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
		}));
		await dialog.locator('textarea').fill('the supplier confirmed it');
		await dialog.locator('button[type="submit"]').click();
		await dialog.waitFor({ state: 'detached' });
		await officer.locator('.law-runs').first().waitFor();
		await sound(officer, 'Clocks of the law');
		await picture(officer, 'law');
		await kept({ officer, at, sound, picture });
		await officer.context().close();
	});

	const phone = await person(browser, address, 'data protection officer on a phone', PHONE);
	await phone.goto(at('/'));
	await enter(phone, 'e-romano');
	await law({ journey, officer: phone, at, sound, picture });
	await rights({ journey, officer: phone, lead, at, sound, picture });
	await phone.context().close();
}
