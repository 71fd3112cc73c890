/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "532d3d826a93dbe8";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-eVbdkoeI.js","/assets/account-oTio1RCA.css","/assets/asset-DACDYOHT.js","/assets/assets-CX6Kr72x.js","/assets/bulk-DrdgJZaS.js","/assets/camera-CROBCGK7.css","/assets/camera-Kg9IqMi5.js","/assets/care-DwiWi9KT.js","/assets/chance-BOgEQ9UR.css","/assets/chance-D0D8KQq8.js","/assets/clocks-DM_-vw1e.js","/assets/config-4qjfxmmc.js","/assets/config-B10PGXLZ.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-QFtRxMPq.js","/assets/decide-bHvIxbHB.js","/assets/draft-CSfGlH2s.js","/assets/events-C7lGDWdV.js","/assets/evidence-vLtAz7LS.js","/assets/exercise-B_CV9dCZ.js","/assets/fr-CyUcQx4Z.js","/assets/held-C2ofWtHy.js","/assets/incident-CQP9JGJX.css","/assets/incident-Cj9on2Xd.js","/assets/index-QiTLC1Lo.js","/assets/index-mAfwGzw5.css","/assets/it-D9IJ6sk4.js","/assets/kept-BtLRmi2D.js","/assets/know-BYcfrR_g.css","/assets/law-D7gAnmF0.js","/assets/law-FWytmPbz.css","/assets/nl-BQLGQOie.js","/assets/notices-C90JujVC.js","/assets/people-CrVWVKNt.js","/assets/persons-DK58blhN.js","/assets/prevention-lBwKceth.js","/assets/privacy-5sCN3gEE.js","/assets/processing-Cm3slG5B.js","/assets/proof-Byv68Ueq.css","/assets/proof-DyngzXz3.js","/assets/register-B5vuertY.js","/assets/report-CP0nfvJk.js","/assets/reports-BFqtHVpr.js","/assets/sealed-Clvg2XqN.js","/assets/seen-Bqp6huhd.js","/assets/setup-B-qo5bHn.js","/assets/setup-hdyZ3mQQ.css","/assets/setup-w3gzPU0H.js","/assets/signs-Btl3qtKd.js","/assets/state-B0fEYwRz.js","/assets/state-BF30zXUV.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-BHcoRBnf.js","/assets/window-ZC653j3i.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

let person = 0; /* how many have left since this worker began: an answer to one of them is not kept */
self.addEventListener('message', (e) => {
	if (e.data !== 'forget') return;
	person++;
	e.waitUntil(caches.delete(STATE));
});

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response, of) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const body = await response.blob(), cache = await caches.open(STATE);
	if (of !== person) return;
	await cache.put(request, new Response(body, { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	const of = person;
	try {
		const response = await fetch(event.request);
		if (of === person && response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone(), of));
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
