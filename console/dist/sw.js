/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "50ce9f4359b60cb0";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-DtMucAVw.js","/assets/asset-BhF2Il7G.js","/assets/assets-Cq4Ftk0H.js","/assets/bulk-Biu_x8RT.js","/assets/care-DAkehBs6.js","/assets/chance-8-kgj_73.js","/assets/chance-DptiRZM0.css","/assets/crisis-BEsZ-9gx.js","/assets/crisis-BdEIb8nO.css","/assets/decide-CLUyhY6_.js","/assets/fr-C4c-oCmz.js","/assets/incident-BwEJv-52.js","/assets/index-7NAuS8H5.css","/assets/index-BGlilFVt.js","/assets/it-DvZB4aKe.js","/assets/nl-C7yQbrpm.js","/assets/now-BLyziY8F.js","/assets/now-hI5RkJCI.css","/assets/people-C_Oyg1ZJ.js","/assets/plan-DIlo3sz7.css","/assets/plan-fNpyWEI2.js","/assets/prevention-B5n55tXi.js","/assets/report-DiAV_xiP.js","/assets/signs-C2AMi4A_.js","/assets/views-CA6J6uI1.css","/assets/views-CK56bAv-.js","/assets/window-BX3ItnIj.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const cache = await caches.open(STATE);
	await cache.put(request, new Response(await response.blob(), { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	try {
		const response = await fetch(event.request);
		if (response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone()));
		return response;
	} catch (e) {
		const kept = await caches.match(event.request, { cacheName: STATE });
		if (kept) return kept;
		throw e;
	}
}

async function page(event) {
	try {
		return await fetch(event.request, { signal: AbortSignal.timeout(WAIT_MS) });
	} catch (e) {
		const kept = await caches.match('/', { cacheName: SHELL });
		if (kept) return kept;
		throw e;
	}
}

self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin) return;
	if (url.pathname.startsWith('/api/')) {
		if (KEPT.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
