/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "3a2b2e07001a87e2";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-CEGKT6cT.js","/assets/asset-Dw1KDYgQ.js","/assets/assets-efph9Gnp.js","/assets/bulk-C9urtf4-.js","/assets/care-COAVQS2h.js","/assets/chance-B8iKb-zH.css","/assets/chance-DogI0Zyo.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-DXySGYCd.js","/assets/decide-B0DHVi0c.js","/assets/fr-B65noKmw.js","/assets/incident-CNn0pclA.js","/assets/index-B3IyA2Au.css","/assets/index-oghwhnSE.js","/assets/it-Q-Vmv8S0.js","/assets/nl-KRHaYRTC.js","/assets/now-B2_-XOYr.js","/assets/now-hI5RkJCI.css","/assets/people-DA5xZ7-I.js","/assets/plan-B1GKHMui.js","/assets/plan-DIlo3sz7.css","/assets/prevention-B2RuMtKs.js","/assets/privacy-BCOHdN_B.js","/assets/report-Bzxw1t_B.js","/assets/seen-B7JUGx9L.js","/assets/signs-BHEKFzRS.js","/assets/state-BWhNokfF.js","/assets/state-GfwetUQg.css","/assets/views-CaLgrOIb.css","/assets/views-DlfHquCW.js","/assets/watch-CKQOXbOe.css","/assets/watch-De4MHS_5.js","/assets/window-DzFlGxIi.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
