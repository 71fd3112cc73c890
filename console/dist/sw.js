/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "7e98da25410ef3cb";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B-ZxWsoC.js","/assets/account-oTio1RCA.css","/assets/asset-BubjqdGJ.js","/assets/assets-B7QGR9mk.js","/assets/bulk-Dduvj25t.js","/assets/camera-CCsmzFPK.js","/assets/camera-CROBCGK7.css","/assets/care-rwS7VBqg.js","/assets/chance-B8iKb-zH.css","/assets/chance-iEFvPKHb.js","/assets/clocks-BZz1tpKQ.js","/assets/config-CkITgfL4.js","/assets/config-VWLnO5e2.css","/assets/config-i25mTpxb.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-D-vJHrlD.js","/assets/decide-Q91Iz4WU.js","/assets/draft-Df45u3mZ.js","/assets/events-Bgsa7v0E.js","/assets/evidence-DBkLABx_.js","/assets/fr-DMc68Rwv.js","/assets/held-DPovcVzL.js","/assets/incident-B3WK7U5L.js","/assets/incident-CQP9JGJX.css","/assets/index-BsvXF0Bc.js","/assets/index-mScVxhzb.css","/assets/it-CL_UmN6w.js","/assets/know-BYcfrR_g.css","/assets/law-Bx00-FFg.js","/assets/law-FWytmPbz.css","/assets/nl-CuOp9Tan.js","/assets/notices-CWp1QA9p.js","/assets/people-B0entB-7.js","/assets/persons-CbInPg3Q.js","/assets/prevention-BW7Hyi6Q.js","/assets/privacy-YmeFLqvm.js","/assets/processing-BSRro8Ux.js","/assets/proof-BZAyA6B6.js","/assets/proof-Byv68Ueq.css","/assets/register-DceO_CDG.js","/assets/report-Bzx4M0Qh.js","/assets/reports-HpAzSAWW.js","/assets/sealed-Clvg2XqN.js","/assets/seen-DdCKGJsX.js","/assets/setup-CQ-hfJnD.js","/assets/setup-CifHn-Oj.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-liAVuUGy.js","/assets/state-BF30zXUV.css","/assets/state-DQsXrmk-.js","/assets/views-DvWZyPeo.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-CMbSFIaK.js","/assets/window-BtWF_HMs.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
