/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "1290812866e02593";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-BTtKuVz4.js","/assets/asset-Diz7-yS9.js","/assets/assets-B9_RgEx5.js","/assets/bulk-D4FKHWKg.js","/assets/camera-CROBCGK7.css","/assets/camera-Dt5WFPpq.js","/assets/care-DMjrVCYP.js","/assets/chance-B8iKb-zH.css","/assets/chance-CX5egX9A.js","/assets/config-BUaSYWq4.js","/assets/config-CICkk2uL.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-M1QRWg8n.js","/assets/decide-C9MOpPRD.js","/assets/events-BHh42tDK.js","/assets/evidence-q4Mm0ABs.js","/assets/fr-CXDpzpyQ.js","/assets/held-Cud7sSZX.js","/assets/incident-BdcVDfdC.js","/assets/index-BH2MKqNj.css","/assets/index-CHoAtU9U.js","/assets/it-BzB_k0Ab.js","/assets/know-BYcfrR_g.css","/assets/law-C5_QmLOb.js","/assets/law-MTdtYK0S.css","/assets/nl-COA0PEC_.js","/assets/parts-CyB_oytl.js","/assets/people-CBR11vSm.js","/assets/prevention-DfdnTQ7-.js","/assets/privacy-Ah-nJYAX.js","/assets/report-C6sRghMt.js","/assets/reports-RGeo54tE.js","/assets/sealed-Clvg2XqN.js","/assets/seen-Bm9k7e1Y.js","/assets/setup-BZZh8aOA.css","/assets/setup-CQvTPt8G.js","/assets/setup-CkWKCMbV.js","/assets/signs-DbUdeXyw.js","/assets/state-CXsVgtm6.js","/assets/state-Ds4VuzBS.css","/assets/views-B8gcOv9G.css","/assets/watch-C2LTy8kB.css","/assets/watch-DOUONlql.js","/assets/window-Dh_Zf5Nz.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
