/* Hospitals from nothing, each by another hand: by the mouse, by a finger on a phone, by keys alone in another language. What a
 * set-up costs is told: time by machine, and what a person has to press and to type. Without traffic: the shortest alone.
 * usage: setup.js WARD [PCAP] */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DESK, PHONE, launch, person, wrong } from './browser.js';
import { Finger, Keys, Mouse } from './hands.js';
import { Hospital } from './hospital.js';
import { SetUp } from './journeys/new.js';
import { words } from './words.js';

const [ward, pcap] = process.argv.slice(2);
const pictures = process.env.PICTURES;
if (pictures) mkdirSync(pictures, { recursive: true });
let failed = 0;

const picture = async (page, name) => {
	if (pictures) await page.screenshot({ path: join(pictures, `setup-${name}.png`), fullPage: true });
};

/* Recorded traffic at the other end of the mirror port. */
const passes = () => new Promise((done, fail) => {
	spawn('python3', [new URL('../e2e/frames.py', import.meta.url).pathname, 'mirror0-far', pcap], { stdio: 'inherit' })
		.once('exit', (code) => (code ? fail(new Error('no traffic')) : done()));
});

async function journey(name, { device, hand: Hand, language, answers }, walk) {
	const before = wrong.size;
	const began = Date.now();
	const hospital = new Hospital(ward, answers);
	let browser, it;
	try {
		const address = await hospital.start();
		browser = await launch(address);
		const page = await person(browser, address, name, device);
		await page.addInitScript((l) => localStorage.setItem('ward.language', l), language);
		page.anew = true;
		const hand = new Hand(page);
		it = new SetUp({ page, hand, hospital, address, t: words(language), picture });
		it.name = Hand.name.toLowerCase();
		await walk(it);
		assert.deepEqual([...wrong].slice(before), [], 'on the way');
		const s = (Date.now() - began) / 1000;
		console.log(`ok ${name} (${s.toFixed(1)} s)\n\t${hand.cost}`);
	} catch (e) {
		failed++;
		console.log(`not ok ${name}\n${String(e.stack).replace(/^/gm, '\t')}`);
		if (it) await picture(it.page, `failed-${it.name}`).catch(() => {});
	}
	await browser?.close();
	await hospital.end().catch((e) => {
		failed++;
		console.log(`not ok ${name}: its end\n${String(e.message).replace(/^/gm, '\t')}`);
	});
}

const ANSWERS = { name: 'San Luca', id: 'san-luca', city: 'Lucca', country: 'IT', timezone: 'Europe/Rome', person: 'Ada Rossi', login: 'a-rossi' };
const only = process.env.ONLY ?? (pcap ? '' : 'beside');
const wanted = (who) => !only || only === who;

if (wanted('mouse')) await journey('by the mouse: from nothing to the first devices', { device: DESK, hand: Mouse, language: 'en', answers: ANSWERS }, async (it) => {
	await it.signIn();
	await it.open();
	await it.house();
	await it.draw();
	await it.bring();
	await it.camera();
	await it.wire();
	await it.found(passes);
});

if (wanted('finger')) await journey('by a finger on a phone in the dark: floors, rooms, a camera', { device: PHONE, hand: Finger, language: 'fr', answers: { ...ANSWERS, language: 'fr' } }, async (it) => {
	await it.signIn();
	await it.open();
	await it.house();
	await it.draw();
	await it.camera();
});

if (wanted('answers')) await journey('from some answers: a house with wards and services', { device: DESK, hand: Mouse, language: 'nl', answers: { ...ANSWERS, language: 'nl' } }, async (it) => {
	it.name = 'answers';
	await it.signIn();
	await it.open();
	await it.layOut();
	await it.page.goto(it.at('/care'));
	await it.page.locator('.board tbody tr', { hasText: 'Spoedeisende hulp' }).waitFor();
	await it.seen('care');
});

if (wanted('beside')) await journey('floors are drawn, and wards and services laid out beside them', { device: PHONE, hand: Finger, language: 'fr', answers: { ...ANSWERS, language: 'fr' } }, async (it) => {
	it.name = 'beside';
	await it.signIn();
	await it.open();
	await it.house();
	await it.drawOne();
	const drawn = ['floors.csv', 'rooms.csv', 'plan.csv'].map((f) => it.hospital.file(f));
	await it.layOut();
	['floors.csv', 'rooms.csv', 'plan.csv'].forEach((f, i) => assert.ok(it.hospital.file(f).includes(drawn[i].split('\n')[1]), `${f} lost what was drawn`));
	await it.page.goto(it.at('/care'));
	await it.page.locator('.board tbody tr', { hasText: 'Urgences' }).waitFor();
	await it.seen('care');
});

if (wanted('keys')) await journey('by keys alone: floors, rooms with a door, the sensor', { device: { ...DESK, colorScheme: 'dark' }, hand: Keys, language: 'it', answers: { ...ANSWERS, language: 'it' } }, async (it) => {
	await it.signIn();
	await it.open();
	await it.house();
	await it.drawByKeys();
	await it.wire();
	assert.match(it.hospital.file('hospital.yml'), /name: "Aree cliniche"/);
});

console.log(failed ? `${failed} failed` : 'all walked');
process.exit(failed ? 1 : 0);
