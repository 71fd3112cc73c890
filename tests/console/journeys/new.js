/* A hospital set up from nothing, step by step, each by whichever hand: what a step wants is looked over, taken, and there
 * afterwards. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sound } from '../browser.js';
import { until } from '../hospital.js';

export const PASSWORD = 'correct horse battery staple';

export class SetUp {
	/* t: the console's words in the language that it is set to. */
	constructor({ page, hand, hospital, address, t, picture }) {
		Object.assign(this, { page, hand, hospital, address, t, picture });
	}

	at(path) {
		return new URL(path, this.address.origin).href;
	}

	field(key, slots) {
		return this.page.locator('main').getByLabel(this.t(key, slots), { exact: true });
	}

	list(name) {
		return this.page.locator('main').getByRole('combobox', { name, exact: true });
	}

	button(key, slots) {
		return this.page.locator('main').getByRole('button', { name: this.t(key, slots), exact: true });
	}

	async fill(key, text) {
		await this.hand.fill(this.field(key), text);
	}

	async seen(what) {
		await sound(this.page, `${what} (${this.name})`);
		await this.picture(this.page, `${this.name}-${what}`);
	}

	async signIn() {
		await this.page.goto(this.address.href);
		await this.page.locator('#code').waitFor();
		await this.hand.press(this.page.locator('form .button.primary'));
		const fields = this.page.locator('input[type="password"]');
		await fields.first().waitFor();
		for (const field of await fields.all()) await this.hand.fill(field, PASSWORD);
		await this.seen('code');
		await this.hand.press(this.page.locator('form .button.primary'));
		await this.page.locator('.frame main h1').first().waitFor();
	}

	/* The set-up, from wherever somebody lands. */
	async open() {
		await this.page.locator('.rail a[href="/setup"]').waitFor({ state: 'attached' });
		await this.seen('begin');
		await this.hand.press(this.page.locator('.rail a[href="/setup"]'));
		await this.page.locator('.set-steps').waitFor();
	}

	async step(n) {
		const link = this.page.locator('.set-steps a').nth(n);
		await this.hand.press(link);
		await this.page.locator('.set-steps a[aria-current="step"]').and(link).waitFor();
		await this.page.locator('main [aria-busy="true"]').waitFor({ state: 'detached' });
	}

	/* What was begun is there after a reload, and when what it changes was looked at and left. */
	async keeps(test) {
		await this.page.reload();
		await until('what was begun, after a reload', test);
		await this.lookOver();
		await this.hand.press(this.button('cf.leave'));
		await until('what was begun, after it was left', test);
	}

	form(key) {
		return this.page.locator('main form', { has: this.page.getByRole('heading', { name: this.t(key) }) });
	}

	async lookOver(of = this.page.locator('main')) {
		await this.hand.press(of.locator('button.primary', { hasText: this.t('set.look_over') }));
	}

	/* Looked over and taken; who has to prove that it is them does. Ward is there again with it. */
	async take(what) {
		const proposal = this.page.locator('.proposal');
		await proposal.waitFor();
		assert.equal(await proposal.locator('.findings.problem').count(), 0, await proposal.textContent());
		await this.seen(what);
		const before = this.hospital.versions;
		await this.hand.press(this.button('cf.take'));
		const proof = this.page.locator('dialog[open] #proof');
		await until(`${what} is taken`, async () => {
			if (await proof.count()) {
				await this.hand.fill(proof, PASSWORD);
				await this.hand.press(this.page.locator('dialog[open] .button.primary'));
				await proof.waitFor({ state: 'detached' });
			}
			return !(await proposal.count());
		});
		assert.ok(this.hospital.versions > before, 'Ward began anew');
	}

	async house() {
		await this.step(0);
		await this.seen('house');
		await this.fill('set.building_name', 'Main building');
		await this.fill('set.highest', '1');
		await this.lookOver(this.form('set.add_floors'));
		await this.take('house-taken');
		await until('two floors', async () => /2/.test(await this.page.locator('.set-steps small').first().textContent()));
	}

	/* Wards, services and what they hang on, from answers of which all but two are usual. */
	async layOut() {
		await this.step(0);
		const form = this.form('set.lay_out');
		await this.hand.fill(form.locator('input').nth(1), '2');
		await this.hand.fill(form.locator('input').nth(4), '6');
		await this.lookOver(form);
		await this.take('house-taken');
		await this.step(0);
		assert.match(this.hospital.file('icu.yml'), /beds: 6/);
	}

	/* Two rooms by hand, and a door between. */
	async draw() {
		await this.step(2);
		const sheet = this.page.locator('svg.draw');
		await this.hand.drag(sheet, [0.1, 0.2], [0.45, 0.7]);
		await this.page.locator('.draw .room').nth(0).waitFor();
		await this.fill('set.name', 'Entrance hall');
		await this.hand.press(this.button('set.drag_room'));
		await this.hand.drag(sheet, [0.45, 0.2], [0.8, 0.7]);
		await this.page.locator('.draw .room').nth(1).waitFor();
		await this.fill('set.name', 'Plant room');
		await this.hand.choose(this.list(this.t('set.from')), 'Entrance hall');
		await this.hand.choose(this.list(this.t('set.to')), 'Plant room');
		await this.hand.press(this.button('set.add_door'));
		await this.page.locator('.draw .door').waitFor({ state: 'attached' });
		await this.seen('draw');
		await this.keeps(async () => (await this.page.locator('.draw .room').count()) === 2 && (await this.page.locator('.draw .door').count()) === 1);
		await this.lookOver();
		await this.take('draw-taken');
	}

	/* One room where there is place. */
	async drawOne() {
		await this.step(2);
		await this.hand.press(this.button('set.add_room'));
		await this.fill('set.name', 'Hall');
		await this.lookOver();
		await this.take('draw-taken');
	}

	/* The same without a pointer: rooms come where there is place, arrows move and stretch them. */
	async drawByKeys() {
		await this.step(2);
		for (const name of ['Entrance hall', 'Plant room']) {
			await this.hand.press(this.button('set.add_room'));
			await this.fill('set.name', name);
		}
		const room = this.page.locator('.draw .room.chosen');
		await this.hand.reach(room);
		await this.page.keyboard.press('Shift+ArrowDown');
		await this.hand.choose(this.list(this.t('set.from')), 'Entrance hall');
		await this.hand.choose(this.list(this.t('set.to')), 'Plant room');
		await this.hand.press(this.button('set.add_door'));
		await this.seen('draw');
		await this.lookOver();
		await this.take('draw-taken');
		assert.match(this.hospital.file('plan.csv'), /,4,3,\n.*,4,3.5,/);
	}

	/* A list as some other product writes it, with its own words. */
	async bring() {
		await this.step(1);
		const list = join(this.hospital.tmp, 'old-list.csv');
		writeFileSync(list, 'Nr,Description,Type,Location\n17,UPS of the plant room,Battery,plant-room\n18,Chiller on the roof,Chiller,\n');
		await this.page.locator('main input[type="file"]').setInputFiles(list);
		this.hand.clicks += 2; /* in the dialog of the system */
		for (const [ours, theirs] of Object.entries({ id: 'Nr', name: 'Description', class: 'Type' }))
			await this.hand.choose(this.list(ours), theirs);
		await this.hand.choose(this.list('Battery'), 'Uninterruptible power supply');
		await this.hand.choose(this.list('Chiller'), 'Chiller');
		await this.seen('bring');
		await this.lookOver();
		await this.take('bring-taken');
	}

	async camera() {
		await this.step(3);
		await this.fill('set.c_name', 'Entrance');
		await this.hand.fill(this.page.locator('main').getByLabel(this.t('set.c_where')), 'rtsp://127.0.0.1:8554/small');
		await this.hand.choose(this.list(this.t('set.c_room')), 'Entrance hall');
		await this.fill('set.c_purpose', 'to see who comes in');
		await this.fill('set.c_legal_basis', 'Art. 6(1)(f) GDPR');
		await this.seen('camera');
		await this.lookOver();
		await this.take('camera-taken');
	}

	async wire() {
		await this.step(4);
		await this.hand.press(this.page.locator('main').getByRole('checkbox', { name: 'mirror0', exact: true }));
		await this.fill('set.w_name', 'Building network');
		await this.hand.fill(this.page.locator('main').getByLabel(this.t('set.w_cidr')), '192.168.0.0/16');
		await this.fill('set.c_purpose', 'to know which devices there are');
		await this.fill('set.c_legal_basis', 'Art. 6(1)(e) GDPR');
		await this.seen('wire');
		await this.lookOver();
		await this.take('wire-taken');
	}

	/* Somebody's traffic passes; what is heard is looked through once a minute. */
	async found(passes) {
		await passes();
		await this.step(5);
		const host = this.page.locator('main .list li');
		await host.first().waitFor({ timeout: 180_000 });
		await this.seen('found');
		await this.hand.press(host.first().locator('input[type="checkbox"]'));
		await this.hand.fill(host.first().locator('input:not([type="checkbox"])'), 'Controller of the plant room');
		await this.hand.choose(host.first().locator('select').nth(1), 'Plant room');
		await this.hand.press(this.page.locator('main button.primary'));
		await this.take('found-taken');
	}
}
