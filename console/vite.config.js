import { defineConfig } from 'vite';

/* WARD_API: where `npm run dev` sends what is not a file of the console, e.g. a running `ward run`. */
const api = process.env.WARD_API ?? 'https://127.0.0.1:8443';

export default defineConfig({
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
