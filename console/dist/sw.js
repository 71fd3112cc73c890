/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "22425f31d36e5f46";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-DmwsqX3d.js","/assets/asset-CDYOJ81m.js","/assets/assets-DaTTvHK5.js","/assets/bulk-BLsi-8y6.js","/assets/camera-CROBCGK7.css","/assets/camera-D3buLcZd.js","/assets/care-CZ1drQ_1.js","/assets/chance-B8iKb-zH.css","/assets/chance-CqaZVTRY.js","/assets/clocks-Bxyx2NQF.js","/assets/config-BXI5p8wf.js","/assets/config-Dmy4G2BY.js","/assets/config-VWLnO5e2.css","/assets/crisis-B2yu6tv5.js","/assets/crisis-BdEIb8nO.css","/assets/decide-BULANMvf.js","/assets/draft-DuVnIKnv.js","/assets/events-DaAVQ9GC.js","/assets/evidence-B11qgXdn.js","/assets/fr-BVVJ_rs6.js","/assets/held-D43zhGq2.js","/assets/incident-CQP9JGJX.css","/assets/incident-DL02DVng.js","/assets/index-CFD7lmFb.js","/assets/index-sZ1Es2xd.css","/assets/it-ak3hwqVz.js","/assets/know-BYcfrR_g.css","/assets/law-B1ulKreb.js","/assets/law-FWytmPbz.css","/assets/nl-Cpl_tUNv.js","/assets/notices-B2kKexqe.js","/assets/people-BlYXsaZt.js","/assets/persons-CD1BdFPv.js","/assets/prevention-BHNR3CZb.js","/assets/privacy-CNj3oCQ1.js","/assets/processing-BEgDY-mG.js","/assets/proof-Bs_jRUQo.css","/assets/proof-DbFG36nb.js","/assets/register-VBMb3kOl.js","/assets/report-B576f3hh.js","/assets/reports-DQO788CP.js","/assets/sealed-Clvg2XqN.js","/assets/seen-C0Kk87Ed.js","/assets/setup-BZZh8aOA.css","/assets/setup-n0wJBfvs.js","/assets/setup-q-kdHosZ.js","/assets/signs-SjVhfxlP.js","/assets/state-BF30zXUV.css","/assets/state-JfLl4Y8q.js","/assets/views-BYVIfewD.css","/assets/watch-C2LTy8kB.css","/assets/watch-CPo5Q3Z1.js","/assets/window-AAHHrJzU.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
