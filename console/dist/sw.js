/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "98ddb80b8f96be99";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-ci1gLRst.js","/assets/account-oTio1RCA.css","/assets/asset-CtIVmUcB.js","/assets/assets-DuD5Twa3.js","/assets/bulk-DcguTvfM.js","/assets/camera-BLmBZarx.js","/assets/camera-CROBCGK7.css","/assets/care-C7rbl_-y.js","/assets/chance-B8iKb-zH.css","/assets/chance-CKFYbu9o.js","/assets/clocks-CySeLncT.js","/assets/config-CVgpt7xN.js","/assets/config-D1jBB221.js","/assets/config-VWLnO5e2.css","/assets/crisis-BOFhbilk.js","/assets/crisis-BdEIb8nO.css","/assets/decide-B5q8HCIg.js","/assets/draft-DZOuS9r9.js","/assets/events-DqJ_Yzgr.js","/assets/evidence-cbWki9AB.js","/assets/fr-DMc68Rwv.js","/assets/held-GnOjPzCB.js","/assets/incident-CQP9JGJX.css","/assets/incident-DJxR_Pi2.js","/assets/index-Mabejtpv.js","/assets/index-mScVxhzb.css","/assets/it-CL_UmN6w.js","/assets/know-BYcfrR_g.css","/assets/law-D9Mpcx_Y.js","/assets/law-FWytmPbz.css","/assets/nl-CuOp9Tan.js","/assets/notices-CMccNk9u.js","/assets/people-B60Rp1ZV.js","/assets/persons-413lxPGL.js","/assets/prevention-C-MX7Eou.js","/assets/privacy-CpTD8ZqD.js","/assets/processing-C0YmZqdP.js","/assets/proof-Byv68Ueq.css","/assets/proof-CplXI7wL.js","/assets/register-oNHqc3Ih.js","/assets/report-CzhOzTSY.js","/assets/reports-XEJuqr4H.js","/assets/sealed-Clvg2XqN.js","/assets/seen-zSJzUq4h.js","/assets/setup-CzXihmPW.js","/assets/setup-DWSAAqxD.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-Batd06Ub.js","/assets/state-2K8J7g0-.js","/assets/state-BF30zXUV.css","/assets/views-DvWZyPeo.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-BBuMnPX_.js","/assets/window-DAW5rAia.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
