/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "b39d8bdcfa9dee51";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-Cug6HqmZ.js","/assets/asset-0jGnbkDp.js","/assets/assets-CsnK3NTh.js","/assets/bulk-CKLhmeGN.js","/assets/camera-BqRwKq0A.js","/assets/camera-CROBCGK7.css","/assets/care-DGE0gBpA.js","/assets/chance-B8iKb-zH.css","/assets/chance-DMcY78sD.js","/assets/clocks-CGH70AcW.js","/assets/config--K_ekjpx.js","/assets/config-CZQy_H_b.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-DgXXesyG.js","/assets/decide-CfMYr_V7.js","/assets/draft-CSSnVUL-.js","/assets/events-Dl9Jmso-.js","/assets/evidence-BwqjnfeW.js","/assets/fr-DYdTBHW9.js","/assets/held-DPJsaPN5.js","/assets/incident-CQP9JGJX.css","/assets/incident-DQfw2rZd.js","/assets/index-B4p0Hl2d.js","/assets/index-sZ1Es2xd.css","/assets/it-BNieYUyQ.js","/assets/know-BYcfrR_g.css","/assets/law-FWytmPbz.css","/assets/law-gMu5ScGd.js","/assets/nl-Clj7IWdv.js","/assets/notices-Pz0Edd_L.js","/assets/people-BaN9MHaf.js","/assets/persons-CJTu4XTx.js","/assets/prevention-9Db778F_.js","/assets/privacy-b9btIhNu.js","/assets/processing-XKlUWrKa.js","/assets/proof-Byv68Ueq.css","/assets/proof-CHpNMVrC.js","/assets/register-CIOjo3_M.js","/assets/report-BKK0iFEA.js","/assets/reports-DRU7hlMX.js","/assets/sealed-Clvg2XqN.js","/assets/seen-DK2YtbNt.js","/assets/setup-1bd_Se_Z.js","/assets/setup-BZZh8aOA.css","/assets/setup-C6AxgHf3.js","/assets/signs-CQ8E2D1e.js","/assets/state-BF30zXUV.css","/assets/state-qvL9Jeyf.js","/assets/views-CNJPEKVY.css","/assets/watch-C2LTy8kB.css","/assets/watch-C86_3XP5.js","/assets/window-BGEO9OJ2.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
