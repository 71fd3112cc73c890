/* Persons, documents and evidence, by the officer on a phone: a request to erase is taken in, decided and agreed to by a second person,
 * its letter read; the impact assessment, its gaps, and what is left of risk; what was done for readiness, counted. */
import assert from 'node:assert/strict';

export async function rights({ journey, officer, lead, at, sound, picture }) {
	const answered = async (page, button, fields, text) => {
		await button.click();
		const dialog = page.locator('dialog[open]');
		for (const [label, value] of Object.entries(fields)) {
			const field = dialog.locator('label.field', { hasText: label }).first().locator('select, input, textarea');
			if (await field.evaluate((e) => e.tagName === 'SELECT')) await field.selectOption(value);
			else await field.fill(value);
		}
		if (text) await dialog.locator('textarea').first().fill(text);
		await dialog.locator('button[type="submit"]').click();
		await dialog.waitFor({ state: 'detached' });
	};

	await journey('a person asks to be erased: two decide, and the letter says it', async () => {
		await officer.goto(at('/privacy'));
		await officer.locator('nav.crumb').getByRole('link', { name: 'Requests of persons' }).click();
		const today = new Date().toISOString().slice(0, 10);
		await answered(officer, officer.getByRole('button', { name: 'Take in a request' }), { 'What is asked for': 'erasure', 'Number of your own file': 'file 12', 'Came on': today,
			'How it was checked who asks': 'card seen' });
		const mine = officer.locator('.src', { hasText: 'file 12' });
		await answered(officer, mine.getByRole('button', { name: 'Decide what goes' }), { 'What goes': 'entries of doors', 'What stays, and why': 'who asked for the name' }, 'as asked');
		await mine.getByText('waits for a second person').waitFor();
		assert.equal(await mine.getByRole('button', { name: 'Agree' }).count(), 0, 'one person is not two');
		await sound(officer, 'Requests of persons on a phone');
		await picture(officer, 'persons-phone');
		await lead.goto(at('/persons'));
		await answered(lead, lead.locator('.src', { hasText: 'file 12' }).getByRole('button', { name: 'Agree' }), {});
		await mine.getByText(/ward person erase …/).waitFor();
		await mine.getByRole('link', { name: 'Letter' }).click();
		await officer.getByText(/You are answered by/).waitFor();
		await sound(officer, 'The letter');
	});

	await journey('documents for persons: what is missing, and the assessment', async () => {
		await officer.locator('.crumb a').first().click();
		await officer.locator('nav.crumb').getByRole('link', { name: 'Documents for persons' }).click();
		await officer.locator('.list a[href="/notices/dpia"]').click();
		await officer.locator('.notice h2').first().waitFor();
		await sound(officer, 'The impact assessment on a phone');
		await answered(officer, officer.getByRole('button', { name: 'Assess', exact: true }), {}, 'little is left');
		await officer.getByRole('button', { name: 'Assess', exact: true }).waitFor({ state: 'detached' });
		await officer.getByText('little is left').first().waitFor();
	});

	await journey('evidence: what was done for readiness is counted, and the board sees its month', async () => {
		await officer.goto(at('/proof'));
		await answered(officer, officer.getByRole('button', { name: 'Enter what was done' }), { 'staff was trained': 'training' }, 'ward a2: what a badge is for');
		await officer.locator('.src', { hasText: 'trained in' }).locator('dd', { hasText: /^1/ }).first().waitFor();
		await sound(officer, 'Evidence on a phone');
		await picture(officer, 'proof-phone');
		await officer.getByRole('link', { name: 'For the board' }).click();
		await officer.getByText('requests of persons about their data').waitFor();
		await sound(officer, 'The board on a phone');
	});
}
