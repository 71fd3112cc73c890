/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "ddccb33b000d68ed";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-DmcXf1z8.js","/assets/asset-C3hJdnWR.js","/assets/assets-ByK8cdmn.js","/assets/bulk-CnWdCq2U.js","/assets/camera-BEwjJiyV.js","/assets/camera-CROBCGK7.css","/assets/care-DhyD8PhE.js","/assets/chance-B8iKb-zH.css","/assets/chance-DNAF8FG5.js","/assets/config-G2yIB6VU.js","/assets/config-VWLnO5e2.css","/assets/config-rtZkqiNc.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-DPMXG3uI.js","/assets/decide-P2M023IY.js","/assets/draft-CcVxUQe_.js","/assets/events-DJpwEA-c.js","/assets/evidence-DU1Fv7oV.js","/assets/fr-D6q_z5Cy.js","/assets/held-v_i0G2FX.js","/assets/incident-NHMrgvVU.js","/assets/index-CvHb6QQe.css","/assets/index-qRjs00KT.js","/assets/it-Cambz9dQ.js","/assets/know-BYcfrR_g.css","/assets/law-CPerOmpZ.css","/assets/law-ngRsw67X.js","/assets/nl-D4tzxy1B.js","/assets/people-D2KdO4EU.js","/assets/prevention-D2nccBZh.js","/assets/privacy-xBw-BzZQ.js","/assets/processing-COMOlvqN.js","/assets/register-COz-u0XO.js","/assets/report-nOw_a7iV.js","/assets/reports-DMJZkZGz.js","/assets/sealed-Clvg2XqN.js","/assets/seen-T38GTpMX.js","/assets/setup-BZZh8aOA.css","/assets/setup-BipwbKxp.js","/assets/setup-D4-oLD6A.js","/assets/signs-CnQjfuki.js","/assets/state-BF30zXUV.css","/assets/state-BgJoN5SA.js","/assets/views-B8gcOv9G.css","/assets/views-Bft9dHz_.js","/assets/watch-C2LTy8kB.css","/assets/watch-D1KuSnf4.js","/assets/window-D0fLquyJ.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
