/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "88c8279a86745c3a";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-C6adTwLw.js","/assets/account-oTio1RCA.css","/assets/asset-BpZxX073.js","/assets/assets-BpRiP7ZV.js","/assets/bulk-F_VS49QE.js","/assets/camera-C2L7qtZZ.js","/assets/camera-CROBCGK7.css","/assets/care-CpPxei-_.js","/assets/chance-B8iKb-zH.css","/assets/chance-Cpin7lnh.js","/assets/clocks-Bryp8S9r.js","/assets/config-Bs69HHVH.js","/assets/config-D1lf6Rp1.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-T1IY-8-z.js","/assets/decide-C26YoSZ_.js","/assets/draft-wSZjF1B5.js","/assets/events-e04YebYW.js","/assets/evidence-DB8knT6i.js","/assets/fr-BW8aZWiI.js","/assets/held-C0192zID.js","/assets/incident-C6BASSad.js","/assets/incident-CQP9JGJX.css","/assets/index-BDZnJN6K.js","/assets/index-mScVxhzb.css","/assets/it-DojxcsBY.js","/assets/know-BYcfrR_g.css","/assets/law-Bwse3lF8.js","/assets/law-FWytmPbz.css","/assets/nl-DMAvP1N-.js","/assets/notices-B8cEVK0t.js","/assets/people-DqzE-Mdx.js","/assets/persons-CKUO_JRt.js","/assets/prevention-CjJN0IdS.js","/assets/privacy-CQOcCqqi.js","/assets/processing-D6m2_Y8h.js","/assets/proof-Byv68Ueq.css","/assets/proof-vRTTWDdL.js","/assets/register-BTvErM01.js","/assets/report-CnEp2l2i.js","/assets/reports-BrUCEbQ8.js","/assets/sealed-Clvg2XqN.js","/assets/seen-DdRODIGH.js","/assets/setup-DPJgznrt.js","/assets/setup-IsdR774r.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-S2rV_k6g.js","/assets/state-BF30zXUV.css","/assets/state-DiQeSroH.js","/assets/views-DvWZyPeo.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-CBUD6_ah.js","/assets/window-iBU_pNxj.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
