/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "ce297e3321d3a22d";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-BuYHkfAR.js","/assets/asset-O-XhRX9z.js","/assets/assets-D3YiykIF.js","/assets/bulk-CJAUZ3fn.js","/assets/camera-BkRE8YlU.js","/assets/camera-CROBCGK7.css","/assets/care-CXpz9rBj.js","/assets/chance-B8iKb-zH.css","/assets/chance-CVsqFVHm.js","/assets/config-DbTnux92.js","/assets/config-RofUdeaP.js","/assets/config-VWLnO5e2.css","/assets/crisis-5XUNfHjB.js","/assets/crisis-BdEIb8nO.css","/assets/decide-lgTsO1_k.js","/assets/draft-CLKRTVwX.js","/assets/events-pch7nx9N.js","/assets/evidence-CeX7TBwZ.js","/assets/fr-D6q_z5Cy.js","/assets/held-BBg4B7NM.js","/assets/incident-DU-dHzCf.js","/assets/index-CvHb6QQe.css","/assets/index-RvTZ0ift.js","/assets/it-Cambz9dQ.js","/assets/know-BYcfrR_g.css","/assets/law-CCAfbi3h.js","/assets/law-CPerOmpZ.css","/assets/nl-D4tzxy1B.js","/assets/people-DZ5cHJtr.js","/assets/prevention-BUk4sQDN.js","/assets/privacy-D2_lHep5.js","/assets/processing-7wpbEA0Q.js","/assets/register-BMBgEZ_v.js","/assets/report-Dqv-Nhjt.js","/assets/reports-D4iqWvWP.js","/assets/sealed-Clvg2XqN.js","/assets/seen-C5AA9wm_.js","/assets/setup-BZZh8aOA.css","/assets/setup-bCLOmico.js","/assets/setup-vdrSK_Fq.js","/assets/signs-CATRcfcv.js","/assets/state-BF30zXUV.css","/assets/state-Bgz5AvET.js","/assets/views-B8gcOv9G.css","/assets/views-CIl60ag2.js","/assets/watch-C0K-ZAW0.js","/assets/watch-C2LTy8kB.css","/assets/window-DbHhjMNJ.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
