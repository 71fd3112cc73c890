import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

async function wordsOf(language) {
	const entry = fileURLToPath(new URL(`src/words/${language}.ts`, import.meta.url));
	const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'esm' });
	const made = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
	return made[language];
}

/* Words as one text, and English's keys as another, whose order all languages have (i18n.ts): a third less to fetch. */
const BETWEEN = '~';
function listed(texts) {
	if (texts.some((text) => text.includes(BETWEEN))) throw new Error(`a word has '${BETWEEN}'`);
	return `${JSON.stringify(texts.join(BETWEEN))}.split('${BETWEEN}')`;
}
const lists = {
	name: 'words-as-lists',
	async load(id) {
		const language = /\/words\/(en|fr|it|nl)\.ts$/.exec(id)?.[1];
		if (!language) return null;
		const [en, own] = await Promise.all([wordsOf('en'), wordsOf(language)]);
		const keys = Object.keys(en), texts = listed(keys.map((key) => own[key]));
		return language === 'en'
			? `const texts = ${texts};\nexport const en = Object.fromEntries(${listed(keys)}.map((key, i) => [key, texts[i]]));`
			: `export const ${language} = ${texts};`;
	},
};

/* WARD_API: where `npm run dev` sends what is not a file of the console, e.g. a running `ward run`. */
const api = process.env.WARD_API ?? 'https://127.0.0.1:8443';

export default defineConfig({
	plugins: [lists],
	esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
	build: {
		target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
		modulePreload: { polyfill: false },
		assetsInlineLimit: 0,
		reportCompressedSize: false,
		chunkSizeWarningLimit: 150,
	},
	server: {
		proxy: { '/api': { target: api, secure: false }, '/health': { target: api, secure: false } },
	},
});
