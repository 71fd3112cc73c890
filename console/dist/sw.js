/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "c6900b09b2d6eb20";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-Dq9ocgpz.js","/assets/asset-DeCYE2Ec.js","/assets/assets-C1bxhu6X.js","/assets/bulk-7bhIIxKb.js","/assets/camera-BHSHWsHd.js","/assets/camera-CROBCGK7.css","/assets/care-Dyt2c6xw.js","/assets/chance-B8iKb-zH.css","/assets/chance-BL8g3wIt.js","/assets/config-6Qgybaiy.js","/assets/config-CM3OWMS5.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-C8iZbIHZ.js","/assets/decide-D478CHmz.js","/assets/events-BxtONFFt.js","/assets/evidence-yo-fI7ur.js","/assets/fr-CRK8A5XZ.js","/assets/held-CMv3Hh9X.js","/assets/incident-Cnoef4-q.js","/assets/index-BH2MKqNj.css","/assets/index-FZgZrLFj.js","/assets/it-QkY4--c_.js","/assets/know-BYcfrR_g.css","/assets/law-MTdtYK0S.css","/assets/law-sVf3rIAL.js","/assets/nl-FXcqF_9b.js","/assets/people-BL1uiOVx.js","/assets/prevention-D-OFMn4d.js","/assets/privacy-Ck2s_V6w.js","/assets/report-By42KSJr.js","/assets/reports-D12qRLTi.js","/assets/sealed-Clvg2XqN.js","/assets/seen-k2_lt-WB.js","/assets/setup-BZZh8aOA.css","/assets/setup-BfNEG5d9.js","/assets/setup-CEhNI_I0.js","/assets/signs-C67LoqtA.js","/assets/state-Ds4VuzBS.css","/assets/state-DuhVFCQC.js","/assets/views-B8gcOv9G.css","/assets/views-BFpR5Mho.js","/assets/watch-BQk5YmJe.js","/assets/watch-C2LTy8kB.css","/assets/window-CM45e2iS.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

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
		if (KEPT.test(url.pathname) && !NEVER.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
