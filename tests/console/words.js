/* The console's words in a language, out of its sources: journeys that are walked in several ask by their keys. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const dir = new URL('../../console/src/words', import.meta.url).pathname;

export function words(language) {
	const all = new Map();
	for (const path of readdirSync(dir, { recursive: true }).filter((f) => f.endsWith(`${language}.ts`)))
		for (const [, key, text] of readFileSync(join(dir, path), 'utf8').matchAll(/^\t'([^']+)': '((?:[^'\\]|\\.)*)',$/gm)) all.set(key, text.replace(/\\(.)/g, '$1'));
	return (key, slots = {}) => {
		if (!all.has(key)) throw new Error(`no word ${key} in ${language}`);
		const form = all.get(key).split('|');
		return (slots.n === 1 ? form[0] : form.at(-1)).replace(/\{(\w+)\}/g, (_, s) => slots[s]);
	};
}
