/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "c00e65fd18a90502";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-LH8LgKij.js","/assets/account-oTio1RCA.css","/assets/asset-0HxH68IQ.js","/assets/assets-BJXD8jCx.js","/assets/bulk-DVVjEnCi.js","/assets/camera-CROBCGK7.css","/assets/camera-CXlLIBAc.js","/assets/care-DqhSHok1.js","/assets/chance-B8iKb-zH.css","/assets/chance-BuWDgKLl.js","/assets/clocks-CGaDzgIW.js","/assets/config-34tB1BBk.js","/assets/config-Q-NIkh6H.js","/assets/config-VWLnO5e2.css","/assets/crisis-BJjhozb5.js","/assets/crisis-BdEIb8nO.css","/assets/decide-yOiVO70X.js","/assets/draft-DN92bNoc.js","/assets/events-CmnCBhlp.js","/assets/evidence-BAWtS83Z.js","/assets/fr-CXSBWAtr.js","/assets/held-XpWcpahE.js","/assets/incident-CQP9JGJX.css","/assets/incident-Dml5pFRN.js","/assets/index-Bb2KydPO.js","/assets/index-mScVxhzb.css","/assets/it-bAMefQ8F.js","/assets/know-BYcfrR_g.css","/assets/law-CQy1O-34.js","/assets/law-FWytmPbz.css","/assets/nl-pT_C3vHF.js","/assets/notices-C9Fu8f7e.js","/assets/people-DI7XJmgk.js","/assets/persons-BaC-rI7v.js","/assets/prevention-DbK2e-T9.js","/assets/privacy-q81OMwwo.js","/assets/processing-DFegA7ia.js","/assets/proof-Byv68Ueq.css","/assets/proof-fVy9rXKT.js","/assets/register-CzMscsOd.js","/assets/report-BBzkBC-z.js","/assets/reports-BVLDiHiw.js","/assets/sealed-Clvg2XqN.js","/assets/seen-BkYiUWYp.js","/assets/setup-C0uNRNaH.js","/assets/setup-CvURPjJj.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-Dy6iDpKY.js","/assets/state-BF30zXUV.css","/assets/state-vkTpmVU0.js","/assets/views-DvWZyPeo.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-BJIZ1Ds2.js","/assets/window-Brk9r6pe.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
