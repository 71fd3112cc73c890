/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "e8ff0c14cd836d75";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-DfGq6pnJ.js","/assets/account-oTio1RCA.css","/assets/asset-DJ80PKAA.js","/assets/assets-CewGCyXc.js","/assets/bulk-DLQMqEaO.js","/assets/camera-CROBCGK7.css","/assets/camera-aDciPOXb.js","/assets/care-B8Eul5vA.js","/assets/chance-BOgEQ9UR.css","/assets/chance-CZbn752N.js","/assets/clocks-CUXObdKy.js","/assets/config-Bi9F_pMx.js","/assets/config-DqGLEtuU.js","/assets/config-VWLnO5e2.css","/assets/crisis-8Owm-Cvh.js","/assets/crisis-BdEIb8nO.css","/assets/decide-BvnWzFhl.js","/assets/draft-e3X-1vYM.js","/assets/events-ohzJD3II.js","/assets/evidence-DPE5xigN.js","/assets/exercise-C5Wp_SSR.js","/assets/fr-CyUcQx4Z.js","/assets/held-OQ5128xc.js","/assets/incident-CQP9JGJX.css","/assets/incident-Z3B3Hs4U.js","/assets/index-DGFyQQ5o.css","/assets/index-wKrvxtGD.js","/assets/it-D9IJ6sk4.js","/assets/kept-Bochjdkm.js","/assets/know-BYcfrR_g.css","/assets/law-CEG2WDLv.js","/assets/law-FWytmPbz.css","/assets/nl-BQLGQOie.js","/assets/notices-CCJQAmNW.js","/assets/people-Blmuyv9E.js","/assets/persons-BhHgxjXx.js","/assets/prevention-qCjaHZk9.js","/assets/privacy-CUv80Jsq.js","/assets/processing-v4kkBKPD.js","/assets/proof-Byv68Ueq.css","/assets/proof-VEFXIr8H.js","/assets/register-BJAi5EYx.js","/assets/report-Dj1ZNkQ0.js","/assets/reports-DylW4e1H.js","/assets/sealed-Clvg2XqN.js","/assets/seen-DWV-2UC7.js","/assets/setup-C0Xjapnm.js","/assets/setup-CJgySui1.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-CNYzphxc.js","/assets/state-BF30zXUV.css","/assets/state-CL81Anp4.js","/assets/watch-B4Wfa6Hn.css","/assets/watch-x-vJavfA.js","/assets/window-DIvCtX6B.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
